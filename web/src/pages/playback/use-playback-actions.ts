import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../../i18n/error-text.ts";
import { type Neighbour, neighbourMs } from "../../player/neighbours.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import { nextSpeed } from "../../player/speeds.ts";
import type { Marked } from "../../timeline/draw.ts";
import type { TimelineControl } from "../../timeline/timeline.tsx";
import type { GroupAction, PlaybackAction } from "./playback-keys.ts";
import { saveSnapshot } from "./save-snapshot.ts";

const SKIP_SECONDS = 10;

interface ActionsOf {
  readonly group: PlayerGroup | null;
  readonly cameras: readonly [Camera, ...Camera[]];
  readonly timeline: React.RefObject<TimelineControl | null>;
  readonly mark: (change: Partial<Marked>) => void;
  readonly toggleFullscreen: () => Promise<void>;
  readonly help: { readonly toggle: () => void };
  readonly lock: { readonly open: () => void };
}

/** What keys and buttons do. */
export function usePlaybackActions({ group, cameras, timeline, mark, toggleFullscreen, help, lock }: ActionsOf) {
  const { t } = useTranslation();
  const [snapshotBusy, setSnapshotBusy] = useState(false);
  const snapshot = async () => {
    if (group === null || snapshotBusy) return;
    setSnapshotBusy(true);
    try {
      for (const player of group.players) {
        const camera = cameras.find(({ id }) => id === player.cameraId);
        const ms = group.store.value.live ? group.wallTime.ms : player.frameMs;
        if (camera !== undefined && ms !== null && !player.store.value.absent) await saveSnapshot(camera, ms);
      }
    } catch (error) {
      notifications.show({ color: "red", title: t("playback.snapshotFailed"), message: errorText(t, error) });
    } finally {
      setSnapshotBusy(false);
    }
  };
  const act = (action: PlaybackAction) => {
    if (action.do === "fullscreen") void toggleFullscreen();
    else if (action.do === "help") help.toggle();
    else if (action.do === "zoom") timeline.current?.zoom(action.direction);
    else if (action.do === "pan") timeline.current?.pan(action.direction);
    else if (action.do === "snapshot") void snapshot();
    else if (action.do === "lock") lock.open();
    else if (group === null) return;
    else if (action.do === "mark")
      mark(action.end === "in" ? { inMs: group.wallTime.ms } : { outMs: group.wallTime.ms });
    else if (action.do === "neighbour") goToNeighbour(group, cameras[0].id, action.what, action.direction);
    else actOnPlayers(group, action);
  };
  return { act, snapshotBusy };
}

function actOnPlayers(group: PlayerGroup, action: GroupAction): void {
  const { muted, skipGaps, speed } = group.store.value;
  switch (action.do) {
    case "toggle":
      group.toggle();
      return;
    case "mute":
      group.setMuted(!muted);
      return;
    case "gaps":
      group.setSkipGaps(!skipGaps);
      return;
    case "frame":
      group.step(action.direction);
      return;
    case "skip":
      group.skip(action.direction * SKIP_SECONDS);
      return;
    case "speed":
      group.setSpeed(nextSpeed(speed, action.direction));
      return;
  }
}

/** The next or previous one of the first camera's; where there is none that is said. */
function goToNeighbour(group: PlayerGroup, cameraId: number, what: Neighbour, direction: 1 | -1): void {
  const fromMs = group.wallTime.ms;
  if (fromMs === null) return;
  const notice = { kind: direction === 1 ? "none-after" : "none-before", what, fromMs } as const;
  void group
    .look((signal) => neighbourMs(what, cameraId, fromMs, direction, signal), { notice })
    // That the server does not answer is said by the shell.
    .catch(() => undefined);
}
