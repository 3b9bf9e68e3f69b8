import { expect, it } from "vitest";
import { dependencyReasons } from "./dependency-reasons.mjs";
import { fileSize } from "./file-size.mjs";
import { knownLayers } from "./known-layers.mjs";
import { oneDoor } from "./one-door.mjs";
import { tellingNames } from "./telling-names.mjs";
import { wholeTests } from "./whole-tests.mjs";

const file = (/** @type {string} */ path, text = "") => ({ path, text });

it("finds the clock and the environment outside of their doors", () => {
  const text = "const a = Date.now();\nconst b = new Date();\nrun(process.env);\n";
  expect(oneDoor([file("server/src/http/a.ts", text)])).toHaveLength(3);
  expect(oneDoor([file("server/src/http/a.ts", text)])[1]).toMatch(/^server\/src\/http\/a\.ts:2 uses new Date\(\)/);
  expect(oneDoor([file("server/src/config/load.ts", "run(process.env);")])).toEqual([]);
  expect(oneDoor([file("server/src/base/clock.ts", "Date.now()")])).toEqual([]);
});

it("lets comments and conversions of given times be", () => {
  const text = "/* Date.now\n * process.env */\nnew Date(startMs); // not new Date()\n";
  expect(oneDoor([file("server/src/http/a.ts", text)])).toEqual([]);
});

it("finds tests that are left out or run alone", () => {
  const text = `${["it", "only"].join(".")}('x');\n${["test.describe", "skip"].join(".")}('y');\nstream.skip(1);\n`;
  expect(wholeTests([file("e2e/a.spec.ts", text), file("server/src/a.ts", text)])).toHaveLength(2);
});

it("finds long files without a reason", () => {
  const long = "a\n".repeat(401);
  expect(fileSize([file("a.ts", long), file("b.ts", `// Long because it is a table.\n${long}`)])).toHaveLength(1);
  expect(fileSize([file("c.ts", "a\n".repeat(400))])).toEqual([]);
});

it("finds names that say nothing", () => {
  const paths = ["server/src/base/utils.ts", "web/src/common/a.ts", "web/src/common/b.ts", "api/src/camera-types.ts"];
  expect(tellingNames(paths.map((path) => file(path)))).toHaveLength(2);
});

it("finds folders without a place in the list of layers", () => {
  expect(knownLayers([file("server/src/base/a.ts"), file("server/src/stray/a.ts")])).toEqual([
    "server/src/stray is not in server/layers.mjs: give it its place in the list.",
  ]);
});

it("finds dependencies without a reason and reasons without a dependency", () => {
  const manifests = [{ dependencies: { a: "1", "@nightjar/api": "1" }, devDependencies: { b: "1" } }, {}];
  const page = "- `a`: because it does what we need.\n- `c`: because it did what we needed.\n";
  expect(dependencyReasons(manifests, page)).toEqual([
    "docs/design/dependencies.md has no line for b.",
    "docs/design/dependencies.md lists c, which nothing uses.",
  ]);
});
