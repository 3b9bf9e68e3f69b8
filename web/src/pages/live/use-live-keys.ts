import { type RefObject, useEffect, useRef } from "react";

const TYPES_TEXT =
  "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox], [role=radiogroup]";

interface LiveKeys {
  readonly root: RefObject<HTMLElement | null>;
  readonly enlargedId: number | null;
  readonly enlarge: (camera: number | null) => void;
}

/**
 * Arrow keys go from picture to picture, Enter enlarges (it presses the picture), Escape goes back, M is for the sound and P for playback
 * of the picture that has the focus or is enlarged.
 */
export function useLiveKeys(keys: LiveKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { root, enlargedId, enlarge } = latest.current;
      const { target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || root.current === null) return;
      if (target instanceof HTMLElement && target.closest(TYPES_TEXT) !== null) return;
      const tiles = [...root.current.querySelectorAll<HTMLElement>("[data-tile]")];
      const at = tiles.findIndex((tile) => tile.contains(target as Node));
      const key = event.key.toLowerCase();
      if (key === "escape" && enlargedId !== null && document.fullscreenElement === null) enlarge(null);
      else if (key === "m" || key === "p") press(tiles[Math.max(at, 0)], key === "m" ? "sound" : "playback");
      else if (!goTo(tiles, at, event.key)) return;
      event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

function press(tile: HTMLElement | undefined, action: "sound" | "playback"): void {
  tile?.querySelector<HTMLElement>(`[data-action=${action}]`)?.click();
}

/** Moves the focus to the next picture in a direction; answers whether the key is one for that. */
function goTo(tiles: readonly HTMLElement[], at: number, key: string): boolean {
  if (!key.startsWith("Arrow")) return false;
  const columns = tiles.filter((tile) => tile.offsetTop === tiles[0]?.offsetTop).length;
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const next = tiles[at === -1 ? 0 : at + (steps[key] ?? 0)];
  next?.querySelector<HTMLElement>("button")?.focus();
  return next !== undefined;
}
