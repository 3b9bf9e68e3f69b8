/**
 * Each package in any package.json has one line "- `name`: why" in the page of dependencies, and the page lists nothing else.
 * @param {readonly Record<string, unknown>[]} manifests parsed package.json files
 * @param {string} page text of docs/design/dependencies.md
 * @returns {string[]}
 */
export function dependencyReasons(manifests, page) {
  const used = new Set(
    manifests
      .flatMap(({ dependencies, devDependencies }) =>
        Object.keys({ ...asObject(dependencies), ...asObject(devDependencies) }),
      )
      .filter((name) => !name.startsWith("@nightjar/")),
  );
  const lines = [...page.matchAll(/^- `([^`]+)`: (.*)$/gm)];
  const explained = new Set(lines.map((line) => line[1] ?? ""));
  return [
    ...[...used]
      .filter((name) => !explained.has(name))
      .map((name) => `docs/design/dependencies.md has no line for ${name}.`),
    ...[...explained]
      .filter((name) => !used.has(name))
      .map((name) => `docs/design/dependencies.md lists ${name}, which nothing uses.`),
    ...lines
      .filter((line) => (line[2] ?? "").length < 20)
      .map((line) => `docs/design/dependencies.md gives no reason for ${line[1]}.`),
  ];
}

/** @param {unknown} value @returns {object} */
function asObject(value) {
  return typeof value === "object" && value !== null ? value : {};
}
