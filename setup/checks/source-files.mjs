import { readFile } from "node:fs/promises";
import { inRoot } from "../places.mjs";
import { filesIn } from "../stamp.mjs";

/** @typedef {{ path: string, text: string }} SourceFile `path`: relative to the root */

/** @typedef {(files: readonly SourceFile[]) => string[]} SourceCheck answers one sentence per breach */

const FOLDERS = ["api", "server", "web", "e2e", "bench", "setup", "deploy"];

/** Everything we wrote by hand as code. @returns {Promise<SourceFile[]>} */
export async function sourceFiles() {
  const paths = (await filesIn(FOLDERS)).filter((path) => /\.(tsx?|mjs|py|css)$/.test(path));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(inRoot(path), "utf8") })));
}

/** @param {string} path */
export const isTest = (path) => /\.(test|contract)\.(tsx?|mjs)$/.test(path) || path.startsWith("e2e/");

/** The lines of a file with their numbers, without comments, so that prose may name what code may not do. @param {string} text */
export function codeLines(text) {
  const blanked = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
  return blanked.split("\n").map((line, index) => ({ number: index + 1, code: line.replace(/(^|\s)\/\/.*$/, "$1") }));
}
