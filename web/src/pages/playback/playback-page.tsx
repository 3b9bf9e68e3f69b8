import { Button, Group, Skeleton, Stack } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CameraOff, CloudOff } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery, groupsQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { isPlaybackSupported } from "../../player/hls-stream.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { cameraTree } from "./camera-order.ts";
import classes from "./playback.module.css";
import type { PlaybackSearch } from "./playback-search.ts";
import { PlaybackView } from "./playback-view.tsx";

const route = getRouteApi("/shell/playback");

/** Recorded footage: chooses the cameras of the address, else the first of the tree. */
export function PlaybackPage() {
  const { t, i18n } = useTranslation();
  const search = route.useSearch();
  const cameras = useQuery(camerasQuery);
  const groups = useQuery(groupsQuery);
  const mayAdd = useHasPermission("cameras.edit");
  const tree = useMemo(
    () => cameraTree(cameras.data ?? [], groups.data ?? [], i18n.language),
    [cameras.data, groups.data, i18n.language],
  );
  const first = tree[0]?.cameras[0];
  const shown = useShownCameras(cameras.data, first, search);
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
  if (first === undefined) {
    return (
      <MessagePanel icon={<CameraOff size={36} />} title={t("playback.noCameras")} hint={t("playback.noCamerasHint")}>
        {mayAdd && <ButtonLink to="/setup/devices/add">{t("playback.addCamera")}</ButtonLink>}
      </MessagePanel>
    );
  }
  if (shown === null) {
    return (
      <MessagePanel icon={<CameraOff size={36} />} title={t("devices.notFound")} hint={t("devices.notFoundHint")}>
        <ButtonLink to="/playback" search={{ camera: first.id }} variant="default">
          {first.name}
        </ButtonLink>
      </MessagePanel>
    );
  }
  return <PlaybackView cameras={shown} tree={tree} search={search} />;
}

/** The camera of the address, else `first`, and those beside it; the same as before while it is. null: there is no such camera. */
function useShownCameras(
  cameras: readonly Camera[] | undefined,
  first: Camera | undefined,
  { camera: wantedId, with: others }: PlaybackSearch,
): readonly [Camera, ...Camera[]] | null {
  const besideIds = others?.join() ?? "";
  return useMemo(() => {
    const main = wantedId === undefined ? first : cameras?.find(({ id }) => id === wantedId);
    if (main === undefined) return null;
    const ids = besideIds.split(",").map(Number);
    const beside = ids.flatMap((id) => cameras?.find((camera) => camera.id === id && id !== main.id) ?? []);
    return [main, ...beside];
  }, [cameras, first, wantedId, besideIds]);
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
