import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { newestFootageMs } from "../../player/next-footage.ts";
import type { PlayerState } from "../../player/player-state.ts";
import type { WallPlayer } from "../../player/wall-player.ts";
import { nowMs } from "../../time/now.ts";
import type { PlaybackSearch } from "./playback-search.ts";

/** Without a time in the address playback begins this long before the newest footage ends. */
const LAST_MS = 60_000;

/** How often the address follows the picture while it plays. */
const WRITE_EVERY_MS = 3000;

/**
 * Keeps address and player in step: an address that a person opens, or comes back to, is played; what is played is written into the
 * address, so that a copied link opens the same moment.
 */
export function usePlaybackAddress(
  player: WallPlayer | null,
  state: PlayerState,
  cameraId: number,
  search: PlaybackSearch,
  spanMs: React.RefObject<number>,
): { readonly goToNewest: () => void } {
  const navigate = useNavigate();
  const written = useRef("");
  const goToNewest = useCallback(() => {
    if (player === null) return;
    void newestFootageMs(cameraId)
      .catch(() => null)
      .then((newestMs) => player.open(cameraId, (newestMs ?? nowMs()) - LAST_MS, true));
  }, [player, cameraId]);

  useEffect(() => {
    const { time, speed } = search;
    if (player === null || written.current === keyOf(cameraId, time)) return;
    written.current = keyOf(cameraId, time);
    if (speed !== undefined) player.setSpeed(speed);
    if (time === undefined) goToNewest();
    else player.open(cameraId, Date.parse(time), true);
  }, [player, cameraId, search, goToNewest]);

  const { speed, playing, targetMs } = state;
  const rests = targetMs === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: pausing and arriving after a jump write at once
  useEffect(() => {
    if (player === null) return;
    const write = () => {
      const ms = player.wallTime.ms;
      if (ms === null || !rests) return;
      const time = new Date(ms).toISOString();
      const zoom = Math.round(spanMs.current / 1000);
      written.current = keyOf(cameraId, time);
      void navigate({
        to: "/playback",
        search: { camera: cameraId, time, ...(speed === 1 ? {} : { speed }), zoom },
        replace: true,
        resetScroll: false,
      });
    };
    write();
    const timer = window.setInterval(() => playing && write(), WRITE_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [player, cameraId, playing, rests, speed, navigate]);
  return { goToNewest };
}

function keyOf(cameraId: number, time: string | undefined): string {
  return `${cameraId} ${time ?? ""}`;
}
