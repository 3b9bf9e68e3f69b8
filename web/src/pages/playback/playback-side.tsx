import { ScrollArea } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { WallPlayer } from "../../player/wall-player.ts";
import type { CameraBranch } from "./camera-order.ts";
import { CameraTree } from "./camera-tree.tsx";
import { FootageCalendar } from "./footage-calendar.tsx";

interface PlaybackSideProps {
  readonly camera: Camera;
  readonly tree: readonly CameraBranch[];
  readonly player: WallPlayer | null;
  readonly onCamera: (cameraId: number) => void;
  readonly onDay: (date: string) => void;
}

/** Which camera, and which day. */
export function PlaybackSide({ camera, tree, player, onCamera, onDay }: PlaybackSideProps) {
  return (
    <>
      <ScrollArea flex={1} mih={120} type="auto">
        <CameraTree tree={tree} selectedId={camera.id} onSelect={onCamera} />
      </ScrollArea>
      <FootageCalendar camera={camera} wallTime={player?.wallTime ?? null} onDay={onDay} />
    </>
  );
}
