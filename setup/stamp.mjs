import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, STATE } from "./places.mjs";

/**
 * Does `make` unless it was done for the same inputs before. The stamp is removed first and written last: whatever interrupts `make`,
 * the next call does it again. The inputs are looked at before, so that a file changed meanwhile counts as new.
 * @param {object} work
 * @param {string} work.stamp name of the stamp file
 * @param {() => Promise<string>} work.inputs digest of everything the result depends on
 * @param {readonly string[]} work.results files that must exist afterwards, relative to the root
 * @param {(fromScratch: boolean) => Promise<void>} work.make told whether what an earlier call left can be trusted
 * @param {string} [work.folder] where the stamps lie
 */
export async function unlessUpToDate({ stamp, inputs, results, make, folder = STATE }) {
  const file = join(folder, stamp);
  const digest = await inputs();
  const before = await readFile(file, "utf8").catch(() => null);
  const complete = before !== null && results.every((path) => existsSync(join(ROOT, path)));
  if (complete && before === digest) return;
  await mkdir(folder, { recursive: true });
  await rm(file, { force: true });
  await make(!complete);
  await writeFile(file, digest);
}

/**
 * Digest of paths, sizes and modification times of all files in the given folders and files (relative to the root; missing ones are fine).
 * @param {readonly string[]} paths
 */
export async function digestOfTimes(paths) {
  const hash = createHash("sha256");
  for (const path of await filesIn(paths)) {
    const { size, mtimeMs } = await stat(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/**
 * Digest of a file's bytes together with other facts.
 * @param {string} path relative to the root
 * @param {string} facts
 */
export async function digestOfContent(path, facts) {
  return createHash("sha256")
    .update(await readFile(join(ROOT, path)))
    .update(facts)
    .digest("hex");
}

const NOT_SOURCE = new Set(["node_modules", "dist", "test-results"]);

/**
 * All files in the given folders and files, sorted, relative to the root; missing ones are left out, as is what programs made.
 * @param {readonly string[]} paths
 * @returns {Promise<string[]>}
 */
export async function filesIn(paths) {
  /** @type {string[]} */
  const found = [];
  for (const path of paths) {
    const entries = await readdir(join(ROOT, path), { withFileTypes: true }).catch(() => null);
    if (entries === null) {
      if (existsSync(join(ROOT, path))) found.push(path);
      continue;
    }
    const inside = entries.filter((entry) => !NOT_SOURCE.has(entry.name)).map((entry) => `${path}/${entry.name}`);
    found.push(...(await filesIn(inside)));
  }
  return found.sort();
}
