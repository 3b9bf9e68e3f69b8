import { LAYERS } from "../../server/layers.mjs";

/** A folder without a place in the list would be under no rule. @type {import("./source-files.mjs").SourceCheck} */
export function knownLayers(files) {
  const known = new Set(LAYERS.map((layer) => layer.folder));
  const found = new Set(
    files.flatMap(({ path }) => (path.startsWith("server/src/") ? [path.split("/")[2] ?? ""] : [])),
  );
  return [...found]
    .filter((folder) => !known.has(folder))
    .map((folder) => `server/src/${folder} is not in server/layers.mjs: give it its place in the list.`);
}
