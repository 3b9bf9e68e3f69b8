import { EXPORT_MAX_SPAN_MS, type ExportOrderInput, type PrivacyMask } from "@nightjar/api/export";
import { dateOf, momentOf, timeOfDay } from "../../time/zone.ts";
import type { ExportSearch } from "./export-search.ts";

export const TIMESTAMPS = ["none", "subtitles", "burned_in"] as const;

/** A mask is always of one camera: each has another picture. */
export type CameraMask = PrivacyMask & { readonly camera_id: number };

/** The form as it is typed; times in the zone of the first camera. */
export interface ExportDraft {
  readonly cameraIds: readonly number[];
  readonly fromDate: string;
  readonly fromTime: string;
  readonly toDate: string;
  readonly toTime: string;
  readonly withAudio: boolean;
  readonly timestamps: (typeof TIMESTAMPS)[number];
  /** null: as fast as it was. */
  readonly timeLapse: number | null;
  readonly masks: readonly CameraMask[];
}

/** Without a span in the address: the last whole minutes. */
const USUAL_SPAN_MS = 600_000;
const MINUTE_MS = 60_000;

/** What the form begins with. */
export function draftOf(search: ExportSearch, zone: string, nowMs: number): ExportDraft {
  const usualEndMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const endMs = search.end === undefined ? usualEndMs : Date.parse(search.end);
  const startMs = search.start === undefined ? endMs - USUAL_SPAN_MS : Date.parse(search.start);
  return {
    cameraIds: search.cameras ?? [],
    ...{ fromDate: dateOf(startMs, zone), fromTime: timeOfDay(startMs, zone) },
    ...{ toDate: dateOf(endMs, zone), toTime: timeOfDay(endMs, zone) },
    ...{ withAudio: true, timestamps: "none", timeLapse: null, masks: [] },
  };
}

export type DraftProblem = "cameras" | "from" | "to" | "order" | "tooLong";

/** What is asked for; or why nothing can be yet. `search`: an hour that comes twice is the one that the address has. */
export function orderOf(
  draft: ExportDraft,
  search: ExportSearch,
  zone: string,
): { readonly order: ExportOrderInput | null; readonly problems: ReadonlySet<DraftProblem> } {
  const startMs = msOf(draft.fromDate, draft.fromTime, search.start, zone);
  const endMs = msOf(draft.toDate, draft.toTime, search.end, zone);
  const problems = new Set<DraftProblem>();
  if (draft.cameraIds.length === 0) problems.add("cameras");
  if (startMs === null) problems.add("from");
  if (endMs === null) problems.add("to");
  if (startMs !== null && endMs !== null && endMs <= startMs) problems.add("order");
  if (startMs !== null && endMs !== null && endMs - startMs > EXPORT_MAX_SPAN_MS) problems.add("tooLong");
  if (problems.size > 0 || startMs === null || endMs === null) return { order: null, problems };
  const order = {
    camera_ids: [...draft.cameraIds],
    ...{ start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
    with_audio: draft.withAudio && draft.timeLapse === null,
    timestamps: draft.timestamps,
    time_lapse_factor: draft.timeLapse,
    privacy_masks: draft.masks.filter(({ camera_id }) => draft.cameraIds.includes(camera_id)),
  };
  return { order, problems };
}

/** `8`, `8:00` and `0800` as people type them, made `08:00:00`; anything else is left as it is. */
export function completeTime(typed: string): string {
  const parts = /^(\d{1,2})(?::?(\d{2})(?::?(\d{2}(?:[.,]\d{1,3})?))?)?$/.exec(typed.trim());
  if (parts === null) return typed;
  const [, hour = "", minute = "00", second = "00"] = parts;
  return `${hour.padStart(2, "0")}:${minute}:${second.replace(",", ".")}`;
}

function msOf(date: string, time: string, exact: string | undefined, zone: string): number | null {
  const exactMs = exact === undefined ? null : Date.parse(exact);
  if (exactMs !== null && dateOf(exactMs, zone) === date && timeOfDay(exactMs, zone) === time) return exactMs;
  return momentOf(date, completeTime(time), zone);
}
