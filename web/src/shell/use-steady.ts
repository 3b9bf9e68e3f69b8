import { useCallback, useRef } from "react";

/**
 * A function that stays the same while what it does follows the newest rendering, so that what it is handed to need not be rendered for its
 * sake. For events only: not to be called while rendering.
 */
export function useSteady<Arguments extends readonly unknown[]>(
  act: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const latest = useRef(act);
  latest.current = act;
  return useCallback((...given) => latest.current(...given), []);
}
