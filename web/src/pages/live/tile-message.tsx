import { Loader, Text } from "@mantine/core";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { CircleAlert, CircleSlash, TriangleAlert, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useConnectionState } from "../../api/live.ts";
import type { LiveState } from "../../live/live-state.ts";
import classes from "./live.module.css";
import { useWaited } from "./use-waited.ts";

/** Waiting shorter than this is not worth a word. */
const PATIENCE_MS = 300;

interface TileMessageProps {
  readonly camera: Camera;
  readonly status: CameraStatus | undefined;
  readonly state: LiveState;
}

/** In place of the picture, or over the last one: what is being waited for, or what is wrong. */
export function TileMessage({ camera, status, state }: TileMessageProps) {
  const { t } = useTranslation();
  const connection = useConnectionState();
  const { phase } = state;
  const waited = useWaited(phase === "connecting", PATIENCE_MS);
  if (!camera.enabled)
    return (
      <Message icon={<CircleSlash size={28} aria-hidden />} title={t("state.disabled")} hint={t("live.disabledHint")} />
    );
  if (phase === "playing") return null;
  if (phase === "refused")
    return <Message icon={<CircleAlert size={28} aria-hidden />} title={t("live.refused")} hint={state.message} />;
  if (phase === "unplayable")
    return (
      <Message
        icon={<CircleAlert size={28} aria-hidden />}
        title={t("live.unplayable")}
        hint={state.beginning?.codecs}
      />
    );
  if (connection === "lost")
    return (
      <Message
        icon={<WifiOff size={28} aria-hidden />}
        title={t("live.disconnected")}
        hint={t("live.disconnectedHint")}
      />
    );
  const cause = state.cause ?? (status?.connection === "offline" ? status.cause : null);
  if (phase === "interrupted" || (phase === "connecting" && status?.connection === "offline")) {
    const title = cause === null ? t("state.offline") : t(`cause.${cause}`);
    return (
      <Message
        icon={<TriangleAlert size={28} color="var(--nj-gap)" aria-hidden />}
        title={title}
        hint={status?.last_error}
      />
    );
  }
  if (phase === "stalled") return <Message icon={<Loader size={24} color="gray.3" />} title={t("live.stalled")} />;
  return waited ? <Message light icon={<Loader size={24} color="gray.3" />} title={t("live.connecting")} /> : null;
}

interface MessageProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly hint?: string | null | undefined;
  /** What lies under it is worth seeing. */
  readonly light?: boolean;
}

function Message({ icon, title, hint, light = false }: MessageProps) {
  return (
    <div className={classes.message} data-light={light || undefined} role="status">
      {icon}
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {hint && (
        <Text size="xs" className={classes.hint}>
          {hint}
        </Text>
      )}
    </div>
  );
}
