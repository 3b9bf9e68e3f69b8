export type PlaybackAction =
  | { readonly do: "toggle" | "mute" | "fullscreen" | "help" }
  | { readonly do: "frame" | "skip" | "zoom" | "speed"; readonly direction: 1 | -1 };

const BY_KEY: Record<string, PlaybackAction> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  m: { do: "mute" },
  f: { do: "fullscreen" },
  "?": { do: "help" },
  "+": { do: "zoom", direction: 1 },
  "=": { do: "zoom", direction: 1 },
  "-": { do: "zoom", direction: -1 },
  "<": { do: "speed", direction: -1 },
  ">": { do: "speed", direction: 1 },
};

/** What a key means on this page; null: nothing. Keys with Ctrl, Alt or Meta belong to the browser. */
export function actionOfKey(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">,
): PlaybackAction | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    return { do: event.shiftKey ? "skip" : "frame", direction: event.key === "ArrowRight" ? 1 : -1 };
  }
  return BY_KEY[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}
