const SAYS_NOTHING = /^(utils?|commons?|misc|types|helpers?|shared)(\.\w+)*$/;

/** Names under which anything could be put. @type {import("./source-files.mjs").SourceCheck} */
export function tellingNames(files) {
  const named = new Set(
    files.flatMap(({ path }) => {
      const parts = path.split("/");
      const at = parts.findIndex((part) => SAYS_NOTHING.test(part));
      return at === -1 ? [] : [parts.slice(0, at + 1).join("/")];
    }),
  );
  return [...named].map((path) => `${path}: name it after what it holds.`);
}
