import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { sourceStack } from "./source-stack.ts";
import { testFolder } from "./test-folder.contract.ts";

it("the trace of an error in the bundle names the sources; other places, and files without a map, stay as they are", async () => {
  const root = testFolder();
  const folder = join(root, "dist", "bundle");
  await mkdir(folder, { recursive: true });
  const file = join(folder, "serve-1a2b.js");
  const mappings = "AAAA;AAEE";
  await writeFile(
    `${file}.map`,
    JSON.stringify({ version: 3, sources: ["../../src/cli/serve.ts"], names: [], mappings }),
  );
  const error = new Error("fails");
  const elsewhere = "    at later (node:internal/timers:5:1)\n    at other (/srv/dist/bundle/gone.js:1:1)";
  error.stack = `Error: fails\n    at serve (${pathToFileURL(file)}:2:9)\n    at ${file}:1:1\n${elsewhere}`;
  const source = join(root, "src/cli/serve.ts");
  expect(sourceStack(error)).toBe(`Error: fails\n    at serve (${source}:3:3)\n    at ${source}:1:1\n${elsewhere}`);
});
