import { readFile } from "node:fs/promises";
import { inRoot } from "../places.mjs";
import { dependencyReasons } from "./dependency-reasons.mjs";
import { fileSize } from "./file-size.mjs";
import { knownLayers } from "./known-layers.mjs";
import { oneDoor } from "./one-door.mjs";
import { sourceFiles } from "./source-files.mjs";
import { tellingNames } from "./telling-names.mjs";
import { wholeTests } from "./whole-tests.mjs";

const MANIFESTS = [".", "api", "server", "web", "e2e", "bench"].map((folder) => `${folder}/package.json`);

/** The rules that no other tool sees. @returns {Promise<import("../program.mjs").ProgramResult>} */
export async function checkHouseRules() {
  const files = await sourceFiles();
  const manifests = await Promise.all(MANIFESTS.map(async (path) => JSON.parse(await readFile(inRoot(path), "utf8"))));
  const page = await readFile(inRoot("docs/design/dependencies.md"), "utf8");
  const breaches = [
    ...[oneDoor, wholeTests, fileSize, tellingNames, knownLayers].flatMap((check) => check(files)),
    ...dependencyReasons(manifests, page),
  ];
  return { code: breaches.length === 0 ? 0 : 1, output: breaches.join("\n") };
}
