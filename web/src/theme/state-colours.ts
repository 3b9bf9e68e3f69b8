import type { RecordingKind } from "@nightjar/api/camera";

/** What a colour may mean. Colour is never alone: a word, a shape or a hatching stands beside it. */
export type FootageState = RecordingKind | "locked" | "gap";

export type Scheme = "dark" | "light";

/** The state colours of both schemes: the same in lists and on the timeline. */
export const STATE_COLOURS: Record<Scheme, Record<FootageState, string>> = {
  dark: {
    continuous: "#3b82f6",
    scheduled: "#06b6d4",
    motion: "#f59e0b",
    manual: "#a855f7",
    locked: "#22c55e",
    gap: "#ef4444",
  },
  light: {
    continuous: "#2563eb",
    scheduled: "#0891b2",
    motion: "#b45309",
    manual: "#7e22ce",
    locked: "#15803d",
    gap: "#b91c1c",
  },
};

/** A grey of the surfaces: no footage, and none was wanted. */
export const IDLE_COLOURS: Record<Scheme, string> = { dark: "#414b59", light: "#aab3c0" };
