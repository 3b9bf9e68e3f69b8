import { NightjarError } from "../base/error.ts";

/** A part of a list: at most `limit` items, from where the page before ended. */
export interface PageRequest {
  readonly limit: number;
  /** What the page before answered as `nextCursor`; absent for the first page. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** null: this was the last page. */
  readonly nextCursor: string | null;
}

/** The number that a cursor holds; undefined for the first page. Throws `invalid_field` when the cursor is not one of ours. */
export function cursorPosition(request: PageRequest): number | undefined {
  if (request.cursor === undefined) return undefined;
  const position = /^\d{1,16}$/.test(request.cursor) ? Number(request.cursor) : Number.NaN;
  if (!Number.isSafeInteger(position)) {
    const message = "is not a cursor that a list answered; leave it out to begin at the start";
    throw new NightjarError("invalid_field", `cursor ${message}.`, {
      details: { fields: [{ field: "cursor", message }] },
    });
  }
  return position;
}

/** Makes a page of rows that were asked for with one more than the limit: the surplus row tells that there is a next page. */
export function pageOf<T>(rows: readonly T[], request: PageRequest, position: (item: T) => number): Page<T> {
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > request.limit && last !== undefined ? String(position(last)) : null };
}
