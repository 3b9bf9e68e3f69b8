import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { camerasQuery, recordingSettingsQuery, schedulesQuery } from "../../api/queries.ts";
import { errorText } from "../../i18n/error-text.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { RecordingDefaultsForm } from "./recording-defaults-form.tsx";

/** Setup › Recording: what cameras do that have no value of their own. */
export function RecordingDefaultsPage() {
  const { t } = useTranslation();
  const settings = useQuery(recordingSettingsQuery);
  const schedules = useQuery(schedulesQuery);
  const { data: cameras = [] } = useQuery(camerasQuery);
  const failed = settings.error ?? schedules.error;
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="md" maw={960}>
      <div>
        <Title order={1} fz="h3">
          {t("recordingSettings.title")}
        </Title>
        <Text c="dimmed" size="sm">
          {t("recordingSettings.lead")}
        </Text>
      </div>
      {settings.data !== undefined && schedules.data !== undefined ? (
        <RecordingDefaultsForm defaults={settings.data.defaults} schedules={schedules.data} cameras={cameras} />
      ) : failed === null ? (
        <Skeleton h={420} role="status" aria-label={t("common.loading")} />
      ) : (
        <MessagePanel
          isError
          icon={<CloudOff size={36} />}
          title={t("recordingSettings.loadFailed")}
          hint={errorText(t, failed)}
        >
          <Button variant="default" onClick={() => void Promise.all([settings.refetch(), schedules.refetch()])}>
            {t("common.retry")}
          </Button>
        </MessagePanel>
      )}
    </Stack>
  );
}
