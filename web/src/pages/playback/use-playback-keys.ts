import { useEffect } from "react";
import { actionOfKey, type PlaybackAction } from "./playback-keys.ts";

const TYPES_TEXT = "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]";

/** Places in which the arrow keys move from one item to the next. */
const HAS_OWN_ARROWS = "table, [role=grid], [role=radiogroup]";

/**
 * Listens to the keys of the whole page, except where a person types, chooses, or has come to a button by keyboard. `act` stays the same
 * (`useSteady`).
 */
export function usePlaybackKeys(act: (action: PlaybackAction) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const action = event.defaultPrevented ? null : actionOfKey(event);
      if (action === null || belongsElsewhere(event)) return;
      event.preventDefault();
      act(action);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [act]);
}

function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest(TYPES_TEXT) !== null) return true;
  if (event.key.startsWith("Arrow")) return target.closest(HAS_OWN_ARROWS) !== null;
  // After a click Space means play, wherever the focus stayed; someone who tabbed to a button means that button.
  return event.key === " " && target.matches("a:focus-visible, button:focus-visible, summary:focus-visible");
}
