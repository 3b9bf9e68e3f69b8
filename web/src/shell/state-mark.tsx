import type { CameraStatus } from "@nightjar/api/camera";
import { Circle, CircleDashed, CircleHelp, CircleSlash, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cameraWord } from "./camera-word.ts";

const SHAPES = {
  recording: { Icon: Circle, color: "none", fill: "var(--nj-record)" },
  connectedNotRecording: { Icon: Circle, color: "var(--mantine-color-dimmed)", fill: "none" },
  connecting: { Icon: CircleDashed, color: "var(--nj-warn)", fill: "none" },
  offline: { Icon: TriangleAlert, color: "var(--nj-gap)", fill: "none" },
  disabled: { Icon: CircleSlash, color: "var(--mantine-color-dimmed)", fill: "none" },
  unknown: { Icon: CircleHelp, color: "var(--mantine-color-dimmed)", fill: "none" },
} as const;

interface StateMarkProps {
  readonly status: CameraStatus | undefined;
  /** The mark stands alone and must say what it means; else a word stands beside it. */
  readonly withLabel?: boolean;
}

/** A camera's state as a shape of its own, never by colour alone. Recording is a small steady dot. */
export function StateMark({ status, withLabel = false }: StateMarkProps) {
  const { t } = useTranslation();
  const word = cameraWord(status);
  const { Icon, color, fill } = SHAPES[word];
  const label = t(`state.${word}`);
  const naming = withLabel ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <Icon
      size={14}
      color={color}
      fill={fill}
      style={{ flex: "none", scale: word === "recording" ? "0.75" : "1" }}
      {...naming}
    >
      {withLabel && <title>{label}</title>}
    </Icon>
  );
}
