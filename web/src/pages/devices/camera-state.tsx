import { Group, Stack, Text } from "@mantine/core";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { schedulesQuery } from "../../api/queries.ts";
import { notWantedCause } from "../../schedules/not-wanted.ts";
import { cameraWord } from "../../shell/camera-word.ts";
import { StateMark } from "../../shell/state-mark.tsx";
import { useMinute } from "../../time/use-minute.ts";

interface CameraStateProps {
  readonly camera: Camera;
  readonly status: CameraStatus | undefined;
}

/** The state of a camera: a shape and words, with the kind of recording or why there is none; under it what is wrong and what to do. */
export function CameraState({ camera, status }: CameraStateProps) {
  const { t } = useTranslation();
  const { data: schedules = [] } = useQuery(schedulesQuery);
  const minuteMs = useMinute();
  const word = cameraWord(status);
  const reason = word === "connectedNotRecording" ? notWantedCause(camera, schedules, minuteMs) : null;
  const cause = word === "recording" || reason !== null ? null : (status?.cause ?? null);
  const why = status?.last_error ?? (cause === null ? null : t(`cause.${cause}`));
  return (
    <Stack gap={0}>
      <Group gap={8} wrap="nowrap">
        <StateMark status={status} />
        <Text size="sm">
          {reason === null
            ? stateText(t, status)
            : t("state.notRecordingBecause", { reason: t(`state.reason.${reason}`) })}
        </Text>
      </Group>
      {word !== "recording" && why !== null && (
        <Text size="xs" c="dimmed" pl={22} maw={300}>
          {why}
        </Text>
      )}
    </Stack>
  );
}

function stateText(t: TFunction, status: CameraStatus | undefined): string {
  const word = cameraWord(status);
  const kind = status?.recording_kind ?? null;
  if (word !== "recording" || kind === null) return t(`state.${word}`);
  return t("state.recordingAs", { kind: t(`kind.${kind}`) });
}
