import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { errorMessage } from "../base/error.ts";

/** One `key: value` line of the YAML file, as text; null where the value is not a single one. */
export interface ConfigFileEntry {
  readonly key: string;
  readonly text: string | null;
  readonly line: number;
}

export type ConfigFile =
  | { readonly ok: true; readonly entries: readonly ConfigFileEntry[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a YAML file of `setting: value` lines. Values are taken as they are written, so that a password of digits stays what it is.
 * Problems name the file and line and never repeat its text, which may hold a password.
 */
export function readConfigFile(file: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, problem: `The configuration file ${file} cannot be read: ${errorMessage(error)}.` };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const problem = `${file}:${line}:${col} is not valid YAML (${error.code}); quote values with special characters.`;
    return { ok: false, problem };
  }
  if (document.contents === null) return { ok: true, entries: [] };
  if (!isMap(document.contents))
    return { ok: false, problem: `${file}:1 must hold lines such as \`port: 8470\` and nothing else.` };
  const entries = document.contents.items.map(({ key, value }) => ({
    key: scalarText(key) ?? "",
    text: scalarText(value),
    line: isScalar(key) ? lines.linePos(key.range?.[0] ?? 0).line : 1,
  }));
  return { ok: true, entries };
}

function scalarText(node: unknown): string | null {
  if (!isScalar(node) || node.value === null) return null;
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}
