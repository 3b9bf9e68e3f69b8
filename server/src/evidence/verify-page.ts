import { readFile } from "node:fs/promises";

/** Its name in an export. */
export const VERIFY_PAGE_NAME = "verify.html";

/** In the order in which they need one another. */
const MODULES = ["crc32.js", "sha2.js", "ed25519.js", "zip-layout.js", "verify-export.js", "page-script.js"] as const;

/**
 * The page that each export carries: one file that verifies it without a network, also from a disk. Its program is what `nightjar verify`
 * runs, word for word.
 */
export async function verifyPage(): Promise<string> {
  const parts = await Promise.all(
    // From one folder up: the program's single file lies beside this folder.
    MODULES.map(async (name) => bundled(name, await readFile(new URL(`../evidence/${name}`, import.meta.url), "utf8"))),
  );
  return PAGE.replace("/* program */", () => parts.join("\n"));
}

/** A module as a part of one script: what it imports is taken from those before, what it exports is kept for those behind. */
function bundled(name: string, source: string): string {
  const exported = [...source.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map((match) => match[1]);
  const body = source
    .replaceAll(
      /^import (\{[^}]*\}) from "\.\/([\w.-]+)";$/gm,
      (_, names: string, from: string) => `const ${names} = modules["${from}"];`,
    )
    .replaceAll(/^export /gm, "");
  return `modules["${name}"] = (() => {\n${body}\nreturn { ${exported.join(", ")} };\n})();`;
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>Verify an export of Nightjar</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c1f24; background: #fff; }
label { display: block; margin: 1rem 0; } input { font: inherit; } input[type=text] { width: 100%; box-sizing: border-box; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border-left: 6px solid #888; background: #f3f4f6; }
pre.good { border-color: #1a7f37; } pre.bad { border-color: #b42318; }
</style>
</head>
<body>
<h1>Verify an export</h1>
<p>Choose the folder of the export, or its ZIP. Everything stays on this computer; no network is used.</p>
<label>Folder <input id="folder" type="file" webkitdirectory></label>
<label>or the ZIP, or all files of the folder <input id="files" type="file" multiple></label>
<label>Fingerprint of the installation that should have signed it, if you know it
<input id="key" type="text" spellcheck="false" autocomplete="off"></label>
<pre id="verdict" role="status">Nothing chosen yet.</pre>
<script type="module">
const modules = {};
/* program */
const verdict = document.getElementById("verdict");
modules["page-script.js"].startPage({
  onFiles(listener) {
    for (const id of ["folder", "files"]) {
      const input = document.getElementById(id);
      input.addEventListener("change", () => { if (input.files.length > 0) listener([...input.files]); });
    }
  },
  key: () => document.getElementById("key").value,
  show(state, lines) { verdict.className = state; verdict.textContent = lines.join("\\n"); },
});
</script>
</body>
</html>
`;
