import { Group, Stack, Text } from "@mantine/core";
import type { CameraStatus } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import { cameraWord } from "../../shell/camera-word.ts";
import { StateMark } from "../../shell/state-mark.tsx";

/** The state of a camera: a shape and a word; under it the cause when something is wrong. */
export function CameraState({ status }: { readonly status: CameraStatus | undefined }) {
  const { t } = useTranslation();
  const word = cameraWord(status);
  const cause = word === "recording" ? null : (status?.cause ?? null);
  return (
    <Stack gap={0} title={status?.last_error ?? undefined}>
      <Group gap={8} wrap="nowrap">
        <StateMark status={status} />
        <Text size="sm">{t(`state.${word}`)}</Text>
      </Group>
      {cause !== null && (
        <Text size="xs" c="dimmed" pl={22}>
          {t(`cause.${cause}`)}
        </Text>
      )}
    </Stack>
  );
}
