import { Button, Group, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CameraOff, CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { camerasQuery, groupsQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { isPlaybackSupported } from "../../player/hls-stream.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { cameraTree } from "./camera-order.ts";
import classes from "./playback.module.css";
import { PlaybackView } from "./playback-view.tsx";

const route = getRouteApi("/shell/playback");

/** Recorded footage: chooses the cameras of the address, else the first of the tree. */
export function PlaybackPage() {
  const { t, i18n } = useTranslation();
  const search = route.useSearch();
  const cameras = useQuery(camerasQuery);
  const groups = useQuery(groupsQuery);
  const mayAdd = useHasPermission("cameras.edit");
  if (cameras.data === undefined) {
    if (!cameras.isError) return <PlaybackSkeleton />;
    return (
      <MessagePanel
        isError
        icon={<CloudOff size={36} />}
        title={t("devices.loadFailed")}
        hint={errorText(t, cameras.error)}
      >
        <Button variant="default" onClick={() => void cameras.refetch()}>
          {t("common.retry")}
        </Button>
      </MessagePanel>
    );
  }
  if (!isPlaybackSupported()) {
    return (
      <MessagePanel
        isError
        icon={<CameraOff size={36} />}
        title={t("playback.unsupported")}
        hint={t("playback.unsupportedHint")}
      />
    );
  }
  const tree = cameraTree(cameras.data, groups.data ?? [], i18n.language);
  const first = tree[0]?.cameras[0];
  if (first === undefined) {
    return (
      <MessagePanel icon={<CameraOff size={36} />} title={t("playback.noCameras")} hint={t("playback.noCamerasHint")}>
        {mayAdd && <ButtonLink to="/setup/devices/add">{t("playback.addCamera")}</ButtonLink>}
      </MessagePanel>
    );
  }
  const wanted = cameras.data.find((camera) => camera.id === search.camera);
  if (search.camera !== undefined && wanted === undefined) {
    return (
      <MessagePanel icon={<CameraOff size={36} />} title={t("devices.notFound")} hint={t("devices.notFoundHint")}>
        <ButtonLink to="/playback" search={{ camera: first.id }} variant="default">
          {first.name}
        </ButtonLink>
      </MessagePanel>
    );
  }
  const main = wanted ?? first;
  const beside = cameras.data.filter(({ id }) => id !== main.id && search.with?.includes(id));
  const inOrder = beside.sort((a, b) => (search.with?.indexOf(a.id) ?? 0) - (search.with?.indexOf(b.id) ?? 0));
  return <PlaybackView cameras={[main, ...inOrder]} tree={tree} search={search} />;
}

function PlaybackSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.page} role="status" aria-label={t("common.loading")}>
      <Stack className={classes.side ?? ""} p="md" visibleFrom="md">
        <Skeleton h={18} />
        <Skeleton h={18} w="70%" />
        <Skeleton h={18} w="80%" />
      </Stack>
      <div className={classes.player}>
        <Group h={48} px="md">
          <Skeleton h={18} w={260} />
        </Group>
        <div className={classes.stages}>
          <div className={classes.stage} />
        </div>
      </div>
    </div>
  );
}
