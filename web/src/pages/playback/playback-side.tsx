import { ScrollArea } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { WallTime } from "../../player/wall-time.ts";
import type { CameraBranch } from "./camera-order.ts";
import { CameraTree } from "./camera-tree.tsx";
import { FootageCalendar } from "./footage-calendar.tsx";

interface PlaybackSideProps {
  /** Those that are shown; the calendar is the first one's. */
  readonly cameras: readonly [Camera, ...Camera[]];
  readonly tree: readonly CameraBranch[];
  readonly wallTime: WallTime | null;
  readonly onCameras: (cameraIds: readonly number[]) => void;
  readonly onDay: (date: string) => void;
}

/** Which cameras, and which day. */
export function PlaybackSide({ cameras, tree, wallTime, onCameras, onDay }: PlaybackSideProps) {
  return (
    <>
      <ScrollArea flex={1} mih={120} type="auto">
        <CameraTree tree={tree} shownIds={cameras.map(({ id }) => id)} onShow={onCameras} />
      </ScrollArea>
      <FootageCalendar camera={cameras[0]} wallTime={wallTime} onDay={onDay} />
    </>
  );
}
