import { useEffect, useState, useSyncExternalStore } from "react";
import { onLiveEvent } from "../../api/live.ts";
import { INITIAL_STATE, type PlayerState } from "../../player/player-state.ts";
import { WallPlayer } from "../../player/wall-player.ts";

/** A player on a video element for as long as the element is there; live events tell it of new footage and of the server's return. */
export function useWallPlayer(video: HTMLVideoElement | null): WallPlayer | null {
  const [player, setPlayer] = useState<WallPlayer | null>(null);
  useEffect(() => {
    if (video === null) return;
    const created = new WallPlayer(video);
    const stop = onLiveEvent((event) => {
      if (event.type === "hello") created.noticeReconnected();
      if (event.type === "segment.changed") {
        created.noticeFootage(event.segment.camera_id, Date.parse(event.segment.end));
      }
    });
    setPlayer(created);
    return () => {
      stop();
      created.close();
      setPlayer(null);
    };
  }, [video]);
  return player;
}

const noSubscription = () => () => undefined;
const initialState = () => INITIAL_STATE;

export function usePlayerState(player: WallPlayer | null): PlayerState {
  return useSyncExternalStore(player?.subscribe ?? noSubscription, player?.state ?? initialState);
}
