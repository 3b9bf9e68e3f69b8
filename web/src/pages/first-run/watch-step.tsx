import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery, camerasQuery } from "../../api/queries.ts";
import { ButtonLink } from "../../shell/router-links.tsx";
import { CameraState } from "../devices/camera-state.tsx";

/** Waits for the first footage and says how it goes. */
export function WatchStep({ cameraId }: { readonly cameraId: number }) {
  const { t } = useTranslation();
  const { data: cameras = [] } = useQuery(camerasQuery);
  const { data: status } = useQuery(cameraStatusQuery(cameraId));
  const camera = cameras.find((one) => one.id === cameraId);
  const name = camera?.name ?? "";
  const recording = status?.recording ?? false;
  return (
    <Stack align="center" gap="md" py="md" aria-live="polite">
      {recording ? <CircleCheck size={40} color="var(--nj-ok)" aria-hidden /> : <Loader size={40} />}
      <Title order={2} fz="lg" ta="center">
        {recording ? t("firstRun.recording", { name }) : t("firstRun.waiting", { name })}
      </Title>
      {camera !== undefined && <CameraState camera={camera} status={status} />}
      {recording && <Text c="dimmed">{t("firstRun.recordingHint")}</Text>}
      <Group mt="md">
        <ButtonLink to="/setup/devices" variant="default">
          {t("firstRun.toDevices")}
        </ButtonLink>
        <ButtonLink to="/playback" search={{ camera: cameraId }} disabled={!recording}>
          {t("firstRun.openPlayback")}
        </ButtonLink>
      </Group>
    </Stack>
  );
}
