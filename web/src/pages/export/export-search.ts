import { isId, isTime } from "../../shell/search-values.ts";

/** What a link to Export holds: what the form begins with. Times are wall time, ISO 8601 with `Z`. */
export interface ExportSearch {
  readonly cameras?: readonly number[];
  readonly start?: string;
  readonly end?: string;
}

/** Takes from an address what makes sense and leaves out the rest. */
export function parseExportSearch({ cameras, start, end }: Record<string, unknown>): ExportSearch {
  const ids = Array.isArray(cameras) ? [...new Set(cameras.filter(isId))] : [];
  return {
    ...(ids.length > 0 ? { cameras: ids } : {}),
    ...(isTime(start) ? { start } : {}),
    ...(isTime(end) ? { end } : {}),
  };
}
