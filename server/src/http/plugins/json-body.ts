import type { FastifyInstance } from "fastify";
import { NightjarError } from "../../base/error.ts";

/** Bodies are JSON in UTF-8, nothing else. Bytes that are not UTF-8, NUL and lone surrogates are refused, never replaced. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ["application/json", "application/merge-patch+json"],
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => parseJson(body),
  );
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const value = parse(decode(body));
  if (hasUnstorableText(value))
    throw new NightjarError("bad_request", "The body holds a NUL character or half a surrogate pair; remove it.");
  return value;
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new NightjarError("bad_request", "The body is not valid UTF-8.", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NightjarError("bad_request", "The body is not valid JSON.");
  }
}

const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Without recursion: a body may be nested a hundred thousand deep. */
function hasUnstorableText(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string") {
      if (UNSTORABLE.test(next)) return true;
    } else if (typeof next === "object" && next !== null) {
      for (const [key, item] of Object.entries(next)) waiting.push(key, item);
    }
  }
  return false;
}
