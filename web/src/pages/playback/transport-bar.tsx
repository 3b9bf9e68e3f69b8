import { ActionIcon, Button, Group, NativeSelect, Tooltip } from "@mantine/core";
import {
  Camera,
  ChevronsRight,
  Keyboard,
  type LucideIcon,
  ArrowRightFromLine as MarkIn,
  ArrowLeftFromLine as MarkOut,
  Maximize,
  Minimize,
  Pause,
  Play,
  Redo,
  RotateCcw,
  RotateCw,
  SkipBack,
  SkipForward,
  StepBack,
  StepForward,
  Volume2,
  VolumeOff,
} from "lucide-react";
import { type MouseEvent, memo } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/quantities.ts";
import type { GroupState } from "../../player/player-state.ts";
import { asSpeed, SPEEDS, type Speed } from "../../player/speeds.ts";
import classes from "./playback.module.css";
import { neighbourOf, type PlaybackAction } from "./playback-keys.ts";

interface TransportBarProps extends Pick<GroupState, "live" | "playing" | "speed" | "muted" | "skipGaps"> {
  readonly fullscreen: boolean;
  readonly hasAudio: boolean;
  readonly snapshotBusy: boolean;
  readonly onAction: (action: PlaybackAction) => void;
  readonly onSpeed: (speed: Speed) => void;
  readonly onNewest: () => void;
}

/** The controls under the picture. Each has its key, which the tooltip names. */
export const TransportBar = memo(function TransportBar(props: TransportBarProps) {
  const { t } = useTranslation();
  return (
    <Group className={classes.transport ?? ""} gap={4} wrap="nowrap" role="toolbar" aria-label={t("playback.controls")}>
      <PlaceControls {...props} />
      <MoveControls {...props} />
      <PictureControls {...props} />
    </Group>
  );
});

/** Where playback goes by itself: to now, over gaps. */
function PlaceControls({ live, skipGaps, onAction, onNewest }: TransportBarProps) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap" className={classes.edge ?? ""}>
      <Button
        size="compact-sm"
        variant={live ? "light" : "subtle"}
        color={live ? "dusk" : "gray"}
        aria-pressed={live}
        className={classes.place ?? ""}
        leftSection={<ChevronsRight size={16} aria-hidden />}
        title={t("playback.newestHint")}
        onClick={onNewest}
      >
        {t("playback.live")}
      </Button>
      <Tooltip label={t(skipGaps ? "playback.skipGapsOnHint" : "playback.skipGapsOffHint")}>
        <Button
          size="compact-sm"
          className={classes.place ?? ""}
          variant={skipGaps ? "light" : "subtle"}
          color={skipGaps ? "dusk" : "gray"}
          leftSection={<Redo size={16} aria-hidden />}
          aria-pressed={skipGaps}
          onClick={() => onAction({ do: "gaps" })}
        >
          {t("playback.skipGaps")}
        </Button>
      </Tooltip>
    </Group>
  );
}

function MoveControls({ playing, onAction }: TransportBarProps) {
  const { t } = useTranslation();
  const playLabel = playing ? t("playback.pause") : t("playback.play");
  const shift = t("playback.key.shift");
  return (
    <Group gap={4} wrap="nowrap" className={classes.middle ?? ""}>
      <Control
        icon={SkipBack}
        label={t("playback.previous")}
        keys={t("playback.neighbourKeys")}
        onClick={(event) => onAction({ do: "neighbour", what: neighbourOf(event), direction: -1 })}
      />
      <Control
        icon={RotateCcw}
        label={t("playback.back10")}
        keys={`${shift} ←`}
        onClick={() => onAction({ do: "skip", direction: -1 })}
      />
      <Control
        icon={StepBack}
        label={t("playback.frameBack")}
        keys="←"
        onClick={() => onAction({ do: "frame", direction: -1 })}
      />
      <Tooltip label={`${playLabel} (K)`}>
        <ActionIcon
          variant="filled"
          color="dusk"
          radius="xl"
          className={classes.play ?? ""}
          aria-label={playLabel}
          onClick={() => onAction({ do: "toggle" })}
        >
          {playing ? <Pause size={20} /> : <Play size={20} />}
        </ActionIcon>
      </Tooltip>
      <Control
        icon={StepForward}
        label={t("playback.frameForward")}
        keys="→"
        onClick={() => onAction({ do: "frame", direction: 1 })}
      />
      <Control
        icon={RotateCw}
        label={t("playback.forward10")}
        keys={`${shift} →`}
        onClick={() => onAction({ do: "skip", direction: 1 })}
      />
      <Control
        icon={SkipForward}
        label={t("playback.next")}
        keys={t("playback.neighbourKeys")}
        onClick={(event) => onAction({ do: "neighbour", what: neighbourOf(event), direction: 1 })}
      />
    </Group>
  );
}

function PictureControls(props: TransportBarProps) {
  const { speed: chosen, muted, fullscreen, hasAudio, snapshotBusy, onAction, onSpeed } = props;
  const { t, i18n } = useTranslation();
  const soundLabel = muted ? t("playback.unmute") : t("playback.mute");
  const screenLabel = fullscreen ? t("playback.exitFullscreen") : t("playback.fullscreen");
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end" className={classes.edge ?? ""}>
      <NativeSelect
        size="xs"
        className={classes.speed ?? ""}
        aria-label={t("playback.speed")}
        title={`${t("playback.speed")} (< >)`}
        value={String(chosen)}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: `${formatNumber(speed, i18n.language)}×` }))}
        onChange={(event) => onSpeed(asSpeed(Number(event.currentTarget.value)) ?? 1)}
      />
      <Control
        icon={Camera}
        label={t("playback.snapshot")}
        keys="S"
        disabled={snapshotBusy}
        onClick={() => onAction({ do: "snapshot" })}
      />
      <Control
        icon={MarkIn}
        label={t("playback.markIn")}
        keys="I"
        onClick={() => onAction({ do: "mark", end: "in" })}
      />
      <Control
        icon={MarkOut}
        label={t("playback.markOut")}
        keys="O"
        onClick={() => onAction({ do: "mark", end: "out" })}
      />
      {hasAudio && (
        <Control
          icon={muted ? VolumeOff : Volume2}
          label={soundLabel}
          keys="M"
          onClick={() => onAction({ do: "mute" })}
        />
      )}
      <Control
        icon={fullscreen ? Minimize : Maximize}
        label={screenLabel}
        keys="F"
        onClick={() => onAction({ do: "fullscreen" })}
      />
      <Group visibleFrom="sm">
        <Control icon={Keyboard} label={t("playback.keys")} keys="?" onClick={() => onAction({ do: "help" })} />
      </Group>
    </Group>
  );
}

interface ControlProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys: string;
  readonly disabled?: boolean;
  readonly onClick: (event: MouseEvent) => void;
}

function Control({ icon: Icon, label, keys, disabled = false, onClick }: ControlProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon className={classes.control ?? ""} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
