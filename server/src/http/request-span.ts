import { NightjarError } from "../base/error.ts";
import { invalidField } from "./field-error.ts";

export interface RequestSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** `start` and `end` of a request. Throws `invalid_field` unless `end` lies after `start`, `span_too_long` beyond `maxMs`. */
export function requestSpan(query: { readonly start: string; readonly end: string }, maxMs: number): RequestSpan {
  const span = { startMs: Date.parse(query.start), endMs: Date.parse(query.end) };
  if (span.endMs <= span.startMs) throw invalidField("end", "must lie after start");
  if (span.endMs - span.startMs > maxMs) {
    const days = maxMs / 86_400_000;
    throw new NightjarError("span_too_long", `start to end may be at most ${days} days; ask for it in parts.`, {
      details: { max_seconds: maxMs / 1000 },
    });
  }
  return span;
}
