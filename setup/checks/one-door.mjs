import { codeLines } from "./source-files.mjs";

// Doors that are not modules, and so are invisible to the import rules.
const DOORS = [
  {
    pattern: /\bprocess\.env\b/,
    inside: "server/src/config/",
    advice: "settings come from loadSettings; only config/ reads the environment",
  },
  {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b/,
    inside: "server/src/base/clock.ts",
    advice: "take a Clock, so that a test can move it",
  },
];

/** @type {import("./source-files.mjs").SourceCheck} */
export function oneDoor(files) {
  return files
    .filter(({ path }) => /^(server|api)\/src\//.test(path))
    .flatMap(({ path, text }) =>
      codeLines(text).flatMap(({ number, code }) =>
        DOORS.filter(({ pattern, inside }) => !path.startsWith(inside) && pattern.test(code)).map(
          ({ pattern, advice }) => `${path}:${number} uses ${pattern.exec(code)?.[0]}: ${advice}.`,
        ),
      ),
    );
}
