const BEGIN = "<!-- layers: made by `npm run reference` from server/layers.mjs -->";
const END = "<!-- end of layers -->";

/**
 * The layers top to bottom, with the wall between the two programs.
 * @param {readonly import("../server/layers.mjs").Layer[]} layers
 */
export function layerPicture(layers) {
  const width = Math.max(...layers.map(({ folder }) => folder.length)) + 3;
  const firstWorker = layers.findIndex(({ side }) => side === "worker");
  return layers
    .flatMap(({ folder, holds }, index) => [
      ...(index === firstWorker
        ? ["─── wall: above is the server, the next is the worker; only cli/ sees both ───"]
        : []),
      `${`${folder}/`.padEnd(width)}${holds}`,
    ])
    .join("\n");
}

/**
 * The page with the picture between its markers.
 * @param {string} page
 * @param {string} picture
 */
export function withPicture(page, picture) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`ARCHITECTURE.md needs the lines ${BEGIN} and ${END}.`);
  return `${page.slice(0, begin)}${BEGIN}\n\`\`\`\n${picture}\n\`\`\`\n${page.slice(end)}`;
}
