import { useEffect, useState } from "react";
import { LivePlayer } from "./live-player.ts";
import { FIRST_LIVE_STATE, type LiveState } from "./live-state.ts";

export interface Live {
  readonly player: LivePlayer | null;
  readonly state: LiveState;
}

/** A live picture on a video element for as long as it is `active`. */
export function useLivePlayer(
  video: HTMLVideoElement | null,
  { cameraId, stream, active }: { cameraId: number; stream: "main" | "sub"; active: boolean },
): Live {
  const [live, setLive] = useState<Live>({ player: null, state: FIRST_LIVE_STATE });
  useEffect(() => {
    if (video === null || !active) return;
    const player: LivePlayer = new LivePlayer({
      video,
      cameraId,
      stream,
      onState: (state) => setLive({ player, state }),
    });
    setLive({ player, state: FIRST_LIVE_STATE });
    player.start();
    return () => player.close();
  }, [video, cameraId, stream, active]);
  return live;
}
