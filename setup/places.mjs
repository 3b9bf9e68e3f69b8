import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, whatever the current folder is. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Stamps, the lock and test results: everything in it can be deleted at any time. */
export const STATE = join(ROOT, ".setup");

/** @param {string} path relative to the root */
export const inRoot = (path) => join(ROOT, path);
