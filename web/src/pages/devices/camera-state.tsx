import { Group, Stack, Text } from "@mantine/core";
import type { CameraStatus } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import { cameraWord } from "../../shell/camera-word.ts";
import { StateMark } from "../../shell/state-mark.tsx";

/** The state of a camera: a shape and a word; under it what is wrong and what to do. */
export function CameraState({ status }: { readonly status: CameraStatus | undefined }) {
  const { t } = useTranslation();
  const word = cameraWord(status);
  const cause = word === "recording" ? null : (status?.cause ?? null);
  const why = status?.last_error ?? (cause === null ? null : t(`cause.${cause}`));
  return (
    <Stack gap={0}>
      <Group gap={8} wrap="nowrap">
        <StateMark status={status} />
        <Text size="sm">{t(`state.${word}`)}</Text>
      </Group>
      {word !== "recording" && why !== null && (
        <Text size="xs" c="dimmed" pl={22} maw={300}>
          {why}
        </Text>
      )}
    </Stack>
  );
}
