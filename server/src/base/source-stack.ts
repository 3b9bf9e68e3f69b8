import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";

/** A place in a file of the bundle, as it stands in the trace of an error. */
const PLACE = /(?:file:\/\/)?(\/[^\s()]+\/dist\/bundle\/[^\s():]+\.js):(\d+):(\d+)/g;

/** A map is large, and errors are seldom. */
const maps = new Map<string, WeakRef<SourceMap>>();

/**
 * The trace of an error with places in the sources instead of those in the bundle. Node.js could do the same, but would read all maps at
 * each start.
 */
export function sourceStack(error: Error): string {
  const stack = error.stack ?? error.message;
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return place;
    return `${resolve(dirname(file), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** null where there is none. */
function mapOf(file: string): SourceMap | null {
  const kept = maps.get(file)?.deref();
  if (kept !== undefined) return kept;
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
    maps.set(file, new WeakRef(map));
    return map;
  } catch {
    return null;
  }
}
