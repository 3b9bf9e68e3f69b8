import type { Neighbour } from "../../player/neighbours.ts";

/** What is done to all pictures together. */
export type GroupAction =
  | { readonly do: "toggle" | "mute" | "gaps" }
  | { readonly do: "frame" | "skip" | "speed"; readonly direction: 1 | -1 };

export type PlaybackAction =
  | GroupAction
  | { readonly do: "fullscreen" }
  | { readonly do: "help" }
  | { readonly do: "snapshot" }
  | { readonly do: "lock" }
  | { readonly do: "zoom"; readonly direction: 1 | -1 }
  | { readonly do: "pan"; readonly direction: 1 | -1 }
  | { readonly do: "neighbour"; readonly what: Neighbour; readonly direction: 1 | -1 }
  | { readonly do: "mark"; readonly end: "in" | "out" };

const BY_KEY: Record<string, PlaybackAction> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  m: { do: "mute" },
  f: { do: "fullscreen" },
  s: { do: "snapshot" },
  i: { do: "mark", end: "in" },
  o: { do: "mark", end: "out" },
  l: { do: "lock" },
  "?": { do: "help" },
  "+": { do: "zoom", direction: 1 },
  "=": { do: "zoom", direction: 1 },
  "-": { do: "zoom", direction: -1 },
  "<": { do: "speed", direction: -1 },
  ">": { do: "speed", direction: 1 },
  "[": { do: "neighbour", what: "recording", direction: -1 },
  "]": { do: "neighbour", what: "recording", direction: 1 },
  PageUp: { do: "pan", direction: -1 },
  PageDown: { do: "pan", direction: 1 },
};

type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

/** What a key means on this page; null: nothing. Keys with Ctrl, Alt or Meta belong to the browser. */
export function actionOfKey(event: Press): PlaybackAction | null {
  if (belongsToBrowser(event)) return null;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    return { do: event.shiftKey ? "skip" : "frame", direction: event.key === "ArrowRight" ? 1 : -1 };
  }
  return BY_KEY[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}

function belongsToBrowser({ key, ctrlKey, altKey, metaKey }: Press): boolean {
  // Many keyboards have brackets behind Alt or AltGr only, which comes as Ctrl and Alt.
  if (key === "[" || key === "]") return metaKey || (ctrlKey && !altKey);
  return ctrlKey || altKey || metaKey;
}

/** What the buttons for previous and next go to: with Ctrl recordings, with Shift events, else segments. */
export function neighbourOf(event: { ctrlKey: boolean; metaKey: boolean; shiftKey: boolean }): Neighbour {
  if (event.ctrlKey || event.metaKey) return "recording";
  return event.shiftKey ? "event" : "segment";
}
