import { Button, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CameraOff, CloudOff, FolderDown } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery, exportsQuery, installationKeyQuery } from "../../api/queries.ts";
import { errorText } from "../../i18n/error-text.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import classes from "./export.module.css";
import { ExportForm } from "./export-form.tsx";
import { ExportList } from "./export-list.tsx";

const route = getRouteApi("/shell/export");

/** Export: what to take out, and under it what was taken out before. */
export function ExportPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const cameras = useQuery(camerasQuery);
  const list = useRef<HTMLElement>(null);
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="lg" maw={1180}>
      <Title order={1} fz="h3">
        {t("export.title")}
      </Title>
      {cameras.data === undefined && !cameras.isError && (
        <Skeleton h={220} role="status" aria-label={t("common.loading")} />
      )}
      {cameras.isError && cameras.data === undefined && (
        <LoadFailed title={t("devices.loadFailed")} error={cameras.error} onRetry={() => void cameras.refetch()} />
      )}
      {cameras.data?.length === 0 && (
        <MessagePanel icon={<CameraOff size={36} />} title={t("playback.noCameras")} hint={t("export.noCamerasHint")} />
      )}
      {cameras.data !== undefined && cameras.data.length > 0 && (
        <ExportForm
          key={JSON.stringify(search)}
          cameras={cameras.data}
          search={search}
          onStarted={() => list.current?.scrollIntoView({ block: "nearest" })}
        />
      )}
      <EarlierExports listRef={list} cameras={cameras.data ?? []} />
    </Stack>
  );
}

interface LoadFailedProps {
  readonly title: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

function LoadFailed({ title, error, onRetry }: LoadFailedProps) {
  const { t } = useTranslation();
  return (
    <MessagePanel isError icon={<CloudOff size={36} />} title={title} hint={errorText(t, error)}>
      <Button variant="default" onClick={onRetry}>
        {t("common.retry")}
      </Button>
    </MessagePanel>
  );
}

interface EarlierExportsProps {
  readonly listRef: React.RefObject<HTMLElement | null>;
  readonly cameras: readonly Camera[];
}

function EarlierExports({ listRef, cameras }: EarlierExportsProps) {
  const { t } = useTranslation();
  const exports = useInfiniteQuery(exportsQuery);
  const all = exports.data?.pages.flatMap((page) => page.exports);
  return (
    <section ref={listRef} aria-labelledby="exports-heading" className={classes.section}>
      <Title order={2} fz="md" id="exports-heading" className={classes.heading ?? ""}>
        {t("export.list")}
      </Title>
      {exports.isPending && <Skeleton h={120} role="status" aria-label={t("common.loading")} />}
      {exports.isError && all === undefined && (
        <LoadFailed title={t("export.loadFailed")} error={exports.error} onRetry={() => void exports.refetch()} />
      )}
      {all?.length === 0 && (
        <MessagePanel icon={<FolderDown size={36} />} title={t("export.empty")} hint={t("export.emptyHint")} />
      )}
      {all !== undefined && all.length > 0 && <ExportList exports={all} cameras={cameras} />}
      {exports.hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="default" loading={exports.isFetchingNextPage} onClick={() => void exports.fetchNextPage()}>
            {t("export.more")}
          </Button>
        </Group>
      )}
      <KeyLine />
    </section>
  );
}

/** Whoever verifies an export compares this. */
function KeyLine() {
  const { t } = useTranslation();
  const { data: key } = useQuery(installationKeyQuery);
  if (key === undefined) return null;
  return (
    <div className={classes.key}>
      <Text size="xs" c="dimmed">
        {t("export.key")}
      </Text>
      <Code className={classes.fingerprint ?? ""} data-testid="fingerprint">
        {key.fingerprint}
      </Code>
    </div>
  );
}
