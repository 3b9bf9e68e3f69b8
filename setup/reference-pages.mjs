const MADE = "<!-- Made from the code by `npm run reference`. -->";

/**
 * @typedef {object} Setting
 * @property {string} key
 * @property {string} env
 * @property {string} flag
 * @property {string} defaultText
 * @property {string} meaning
 */

/** @param {readonly Setting[]} settings */
export function configurationPage(settings) {
  return `${MADE}

# Configuration

These are the settings that must be known before the catalog is open. Everything else is edited on the pages.

A setting is taken from the first of these that names it:

1. the command line,
2. the environment,
3. the YAML file named by \`--config <file>\` or \`NIGHTJAR_CONFIG\`, with lines such as \`port: 8470\`,
4. its default.

Relative paths start from the current folder; those in the YAML file start from the folder of that file. A setting that is unknown or
malformed, in any of the sources, stops the start with a message that names it, where it was set and what would be right. A
setting without a flag cannot be given on the command line.

${table(
  ["Setting", "Environment", "Command line", "Default", "Meaning"],
  settings.map(({ key, env, flag, defaultText, meaning }) => [code(key), code(env), code(flag), defaultText, meaning]),
)}
`;
}

/** @param {Readonly<Record<string, { status: number, when: string }>>} errors */
export function errorsPage(errors) {
  return `${MADE}

# Error codes

Every refusal and failure of the API is \`{"error": {"code", "message", "details"?}}\`. The codes are this closed list; \`message\` is a
sentence for people and may change.

${table(
  ["Code", "Status", "When"],
  Object.entries(errors).map(([name, { status, when }]) => [code(name), String(status), when]),
)}
`;
}

/**
 * @param {readonly string[]} permissions
 * @param {readonly { method: string, path: string, access: string }[]} routes
 */
export function permissionsPage(permissions, routes) {
  const section = (/** @type {string} */ title, /** @type {string} */ access) => {
    const lines = routes
      .filter((route) => route.access === access)
      .map(({ method, path }) => `- ${code(`${method} ${path}`)}`);
    return `## ${title}\n\n${lines.length === 0 ? "No route needs it." : lines.join("\n")}\n`;
  };
  return `${MADE}

# Permissions

A role or a token is a set of these permissions. Every route of the API needs exactly one of them, or that one is signed in, or nothing.

${[
  ...permissions.map((name) => section(code(name), name)),
  section("Signed in, with any permission", "signed-in"),
  section("Everybody", "public"),
].join("\n")}`;
}

/** @param {string} text */
const code = (text) => (text === "" ? "" : `\`${text}\``);

/** Padded as the formatter would do it. @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((name, column) =>
    Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0), name.length),
  );
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}
