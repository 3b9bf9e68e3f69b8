import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { recordingSettingsQuery, storageQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { CameraUse } from "./camera-use.tsx";
import { ClockNotice } from "./clock-notice.tsx";
import { LockList } from "./lock-list.tsx";
import { ShareSection } from "./share-section.tsx";
import { StorageForm } from "./storage-form.tsx";
import { Volumes } from "./volumes.tsx";

/** Setup › Storage: where footage lies, what it takes, for how long it lasts, what is kept from deletion, and the limits. */
export function StoragePage() {
  const { t } = useTranslation();
  const state = useQuery(storageQuery);
  const settings = useQuery(recordingSettingsQuery);
  const mayLock = useHasPermission("recordings.lock");
  const failed = state.error ?? settings.error;
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="xl" maw={1180}>
      <div>
        <Title order={1} fz="h3">
          {t("storage.title")}
        </Title>
        <Text c="dimmed" size="sm">
          {t("storage.lead")}
        </Text>
      </div>
      {state.data !== undefined && settings.data !== undefined ? (
        <>
          <ClockNotice paused={state.data.deletion_paused} />
          <Volumes volumes={state.data.volumes} />
          <CameraUse state={state.data} />
          <StorageForm storage={settings.data.storage} />
          <ShareSection storage={settings.data.storage} share={state.data.share} />
          {mayLock && <LockList lockedBytes={state.data.locked_bytes} />}
        </>
      ) : failed === null ? (
        <Skeleton h={520} role="status" aria-label={t("common.loading")} />
      ) : (
        <MessagePanel isError icon={<CloudOff size={36} />} title={t("storage.loadFailed")} hint={errorText(t, failed)}>
          <Button variant="default" onClick={() => void Promise.all([state.refetch(), settings.refetch()])}>
            {t("common.retry")}
          </Button>
        </MessagePanel>
      )}
    </Stack>
  );
}
