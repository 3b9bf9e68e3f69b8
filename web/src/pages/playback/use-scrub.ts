import { useEffect, useRef } from "react";
import type { PlayerGroup } from "../../player/player-group.ts";
import { useSteady } from "../../shell/use-steady.ts";

/** A hand that has not moved for so long rests. */
const REST_MS = 150;

/** The playhead in a hand: while it moves the pictures are thumbnails, when it rests they are exact. */
export function useScrub(group: PlayerGroup | null): {
  readonly drag: (ms: number) => void;
  readonly pick: (ms: number) => void;
} {
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const drag = useSteady((ms: number) => {
    group?.scrub(ms);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => group?.rest(), REST_MS);
  });
  const pick = useSteady((ms: number) => {
    window.clearTimeout(timer.current);
    group?.open(ms);
  });
  return { drag, pick };
}
