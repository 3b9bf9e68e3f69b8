import { verdictLines, verifyFiles, verifyZip } from "./verify-export.js";

// The browser's side of the page: picks files, shows the verdict. What it needs of the page is given to it.

/** @typedef {{ name: string, size: number, webkitRelativePath?: string, slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> } }} PickedFile */
/**
 * @typedef {object} Page
 * @property {(listener: (files: readonly PickedFile[]) => void) => void} onFiles
 * @property {() => string} key
 * @property {(state: "busy" | "good" | "bad", lines: readonly string[]) => void} show
 */

/** @param {Page} page */
export function startPage(page) {
  page.onFiles(async (picked) => {
    page.show("busy", ["Reading …"]);
    try {
      const typed = page.key().trim();
      const options = {
        ...(typed === "" ? {} : { key: typed }),
        onProgress: (/** @type {number} */ done) => page.show("busy", [`Reading … ${Math.floor(done * 100)} %`]),
      };
      const [only] = picked;
      const isZip = picked.length === 1 && only !== undefined && only.name.toLowerCase().endsWith(".zip");
      const result = isZip ? await verifyZip(bytesOf(only), options) : await verifyFiles(byName(picked), options);
      page.show(result.intact ? "good" : "bad", verdictLines(result));
    } catch (error) {
      page.show("bad", [`The files cannot be read: ${error instanceof Error ? error.message : error}`]);
    }
  });
}

/** Files of a picked folder come with its name in front. @param {readonly PickedFile[]} picked */
function byName(picked) {
  return new Map(
    picked.map((file) => {
      const path = file.webkitRelativePath ?? "";
      return [path === "" ? file.name : path.slice(path.indexOf("/") + 1), bytesOf(file)];
    }),
  );
}

/** @param {PickedFile} file */
function bytesOf(file) {
  return {
    sizeBytes: file.size,
    read: async (/** @type {number} */ from, /** @type {number} */ to) =>
      new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
}
