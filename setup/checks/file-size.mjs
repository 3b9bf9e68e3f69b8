const MOST_LINES = 400;

/** @type {import("./source-files.mjs").SourceCheck} */
export function fileSize(files) {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n");
    if (lines.length <= MOST_LINES || saysWhy(lines)) return [];
    return [
      `${path} has ${lines.length} lines, more than ${MOST_LINES}: split it, or say "Long because …" in a comment at its top.`,
    ];
  });
}

/** @param {readonly string[]} lines */
function saysWhy(lines) {
  return lines.slice(0, 10).some((line) => /^\s*(\/\/|\/?\*|#).*Long because/.test(line));
}
