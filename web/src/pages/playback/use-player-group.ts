import { useEffect, useState, useSyncExternalStore } from "react";
import { onLiveEvent } from "../../api/live.ts";
import { PlayerGroup } from "../../player/player-group.ts";
import { type GroupState, INITIAL_GROUP, INITIAL_STATE, type PlayerState } from "../../player/player-state.ts";
import { Store } from "../../player/store.ts";
import type { WallPlayer } from "../../player/wall-player.ts";

/** The clock of all pictures, for as long as the page is there; live events tell it of new footage and of the server's return. */
export function usePlayerGroup(): PlayerGroup | null {
  const [group, setGroup] = useState<PlayerGroup | null>(null);
  useEffect(() => {
    const created = new PlayerGroup();
    const stop = onLiveEvent((event) => {
      if (event.type === "hello") created.noticeReconnected();
      if (event.type === "segment.changed") {
        created.noticeFootage(event.segment.camera_id, Date.parse(event.segment.end));
      }
    });
    setGroup(created);
    return () => {
      stop();
      created.close();
      setGroup(null);
    };
  }, []);
  return group;
}

const noGroup = new Store<GroupState>(INITIAL_GROUP);
const noPlayer = new Store<PlayerState>(INITIAL_STATE);

export function useGroupState(group: PlayerGroup | null): GroupState {
  const store = group?.store ?? noGroup;
  return useSyncExternalStore(store.subscribe, store.read);
}

export function usePlayerState(player: WallPlayer | null): PlayerState {
  const store = player?.store ?? noPlayer;
  return useSyncExternalStore(store.subscribe, store.read);
}
