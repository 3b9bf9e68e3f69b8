import { ActionIcon, Button, Group, NativeSelect, Tooltip } from "@mantine/core";
import {
  Keyboard,
  type LucideIcon,
  Maximize,
  Minimize,
  Pause,
  Play,
  RotateCcw,
  RotateCw,
  SkipForward,
  StepBack,
  StepForward,
  Volume2,
  VolumeOff,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/quantities.ts";
import type { PlayerState } from "../../player/player-state.ts";
import { asSpeed, SPEEDS, type Speed } from "../../player/speeds.ts";
import classes from "./playback.module.css";
import type { PlaybackAction } from "./playback-keys.ts";

interface TransportBarProps {
  readonly state: PlayerState;
  readonly fullscreen: boolean;
  readonly hasAudio: boolean;
  readonly onAction: (action: PlaybackAction) => void;
  readonly onSpeed: (speed: Speed) => void;
  readonly onNewest: () => void;
}

/** The controls under the picture. Each has its key, which the tooltip names. */
export function TransportBar({ state, fullscreen, hasAudio, onAction, onSpeed, onNewest }: TransportBarProps) {
  const { t, i18n } = useTranslation();
  const usable = state.phase === "ready" || state.phase === "at-newest";
  const playLabel = state.playing ? t("playback.pause") : t("playback.play");
  const soundLabel = state.muted ? t("playback.unmute") : t("playback.mute");
  const screenLabel = fullscreen ? t("playback.exitFullscreen") : t("playback.fullscreen");
  return (
    <Group className={classes.transport ?? ""} gap={4} wrap="nowrap" role="toolbar" aria-label={t("playback.controls")}>
      <Group gap={4} wrap="nowrap" className={classes.edge ?? ""}>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<SkipForward size={16} aria-hidden />}
          title={t("playback.newestHint")}
          onClick={onNewest}
        >
          {t("playback.newest")}
        </Button>
      </Group>
      <Group gap={4} wrap="nowrap" className={classes.middle ?? ""}>
        <Control
          icon={RotateCcw}
          label={t("playback.back10")}
          keys={`${t("playback.key.shift")} ←`}
          disabled={!usable}
          onClick={() => onAction({ do: "skip", direction: -1 })}
        />
        <Control
          icon={StepBack}
          label={t("playback.frameBack")}
          keys="←"
          disabled={!usable}
          onClick={() => onAction({ do: "frame", direction: -1 })}
        />
        <Tooltip label={`${playLabel} (K)`}>
          <ActionIcon
            variant="filled"
            color="dusk"
            size={40}
            radius="xl"
            mx={4}
            aria-label={playLabel}
            onClick={() => onAction({ do: "toggle" })}
          >
            {state.playing ? <Pause size={20} /> : <Play size={20} />}
          </ActionIcon>
        </Tooltip>
        <Control
          icon={StepForward}
          label={t("playback.frameForward")}
          keys="→"
          disabled={!usable}
          onClick={() => onAction({ do: "frame", direction: 1 })}
        />
        <Control
          icon={RotateCw}
          label={t("playback.forward10")}
          keys={`${t("playback.key.shift")} →`}
          disabled={!usable}
          onClick={() => onAction({ do: "skip", direction: 1 })}
        />
      </Group>
      <Group gap={4} wrap="nowrap" justify="flex-end" className={classes.edge ?? ""}>
        <NativeSelect
          size="xs"
          className={classes.speed ?? ""}
          aria-label={t("playback.speed")}
          title={`${t("playback.speed")} (< >)`}
          value={String(state.speed)}
          data={SPEEDS.map((speed) => ({ value: String(speed), label: `${formatNumber(speed, i18n.language)}×` }))}
          onChange={(event) => onSpeed(asSpeed(Number(event.currentTarget.value)) ?? 1)}
        />
        {hasAudio && (
          <Control
            icon={state.muted ? VolumeOff : Volume2}
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
    </Group>
  );
}

interface ControlProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Control({ icon: Icon, label, keys, disabled = false, onClick }: ControlProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon size={36} className={classes.control ?? ""} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
