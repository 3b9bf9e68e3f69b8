import { Button, Loader, Stack, Text } from "@mantine/core";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { CircleAlert, CircleCheck, FilmIcon, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectionState } from "../../api/live.ts";
import { errorText } from "../../i18n/error-text.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import type { PlayerState } from "../../player/player-state.ts";
import { ButtonLink } from "../../shell/router-links.tsx";
import { formatClock } from "../../time/format.ts";
import { nowMs } from "../../time/now.ts";
import classes from "./playback.module.css";

/** Waiting shorter than this is not worth a word. */
const PATIENCE_MS = 300;

interface StageMessageProps {
  readonly camera: Camera;
  readonly zone: string;
  readonly group: PlayerGroup | null;
  readonly state: PlayerState;
  /** A hand holds the playhead: that something is coming is plain. */
  readonly scrubs: boolean;
  readonly status: CameraStatus | undefined;
  readonly onWhy: (ms: number) => void;
}

/** What stands over, or in place of, the picture: loading, no footage, the newest, or what went wrong and what to do. */
export function StageMessage({ camera, zone, group, state, scrubs, status, onWhy }: StageMessageProps) {
  const { t, i18n } = useTranslation();
  const connection = useConnectionState();
  const waiting = state.phase === "loading" || (state.phase === "ready" && state.stalled);
  const waited = useWaited(waiting);
  const targetMs = state.targetMs ?? group?.wallTime.ms ?? null;
  if (state.absent) return <Absent />;
  switch (state.phase) {
    case "idle":
      return null;
    case "loading":
    case "ready": {
      if (!waiting || !waited || scrubs || targetMs === null) return null;
      if (connection === "lost") return <Disconnected />;
      const time = formatClock(targetMs, zone, i18n.language);
      return <Pill icon={<Loader size={14} color="gray.3" />}>{t("playback.loadingAt", { time })}</Pill>;
    }
    case "at-newest": {
      const cause = status?.recording === false ? status.cause : null;
      const text =
        cause === null ? t("playback.atNewest") : t("playback.atNewestOffline", { cause: t(`cause.${cause}`) });
      return (
        <Pill icon={<CircleCheck size={16} aria-hidden />}>
          {text}
          {status?.recording === false ? <WhyButton onWhy={onWhy} /> : <LiveButton cameraId={camera.id} />}
        </Pill>
      );
    }
    case "disconnected":
      return <Disconnected />;
    case "empty":
      return (
        <Panel
          icon={<FilmIcon size={36} aria-hidden />}
          title={t("playback.noFootage", { name: camera.name })}
          hint={t("playback.noFootageHint")}
        >
          {status?.recording === false && <WhyButton onWhy={onWhy} />}
        </Panel>
      );
    case "codec":
      return (
        <Panel
          icon={<CircleAlert size={36} aria-hidden />}
          title={t("playback.codec")}
          hint={t("playback.codecHint")}
        />
      );
    case "failed": {
      const hint = state.error === null ? t("playback.failedHint") : errorText(t, state.error);
      const again = () => group?.open(targetMs ?? nowMs());
      return (
        <Panel icon={<CircleAlert size={36} aria-hidden />} title={t("playback.failed")} hint={hint}>
          <Button variant="default" onClick={again}>
            {t("common.retry")}
          </Button>
        </Panel>
      );
    }
  }
}

/** The clock is at a time of which this camera has nothing, while others have. */
function Absent() {
  const { t } = useTranslation();
  return (
    <div className={`${classes.over} ${classes.covering}`} role="status">
      <Text size="sm" c="gray.5">
        {t("playback.absent")}
      </Text>
    </div>
  );
}

function LiveButton({ cameraId }: { readonly cameraId: number }) {
  const { t } = useTranslation();
  return (
    <ButtonLink to="/live" search={{ camera: cameraId }} size="compact-xs" variant="white" color="dark">
      {t("playback.live")}
    </ButtonLink>
  );
}

function Disconnected() {
  const { t } = useTranslation();
  return <Pill icon={<WifiOff size={16} aria-hidden />}>{t("playback.disconnected")}</Pill>;
}

/** Asks why there is no footage now. */
function WhyButton({ onWhy }: { readonly onWhy: (ms: number) => void }) {
  const { t } = useTranslation();
  return (
    <Button size="compact-xs" variant="white" color="dark" onClick={() => onWhy(nowMs())}>
      {t("why.ask")}
    </Button>
  );
}

function Pill({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={classes.over}>
      <div className={`${classes.pill} nj-figures`} role="status">
        {icon}
        {children}
      </div>
    </div>
  );
}

function Panel({
  icon,
  title,
  hint,
  children,
}: {
  icon: ReactNode;
  title: string;
  hint: string;
  children?: ReactNode;
}) {
  return (
    <div className={`${classes.over} ${classes.covering}`} role="alert">
      <Stack align="center" gap="xs" maw={480}>
        {icon}
        <Text fw={600} fz="lg">
          {title}
        </Text>
        <Text size="sm" c="gray.5">
          {hint}
        </Text>
        {children}
      </Stack>
    </div>
  );
}

/** Whether `waiting` has lasted long enough to be mentioned. */
function useWaited(waiting: boolean): boolean {
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    if (!waiting) return setWaited(false);
    const timer = window.setTimeout(() => setWaited(true), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, [waiting]);
  return waited;
}
