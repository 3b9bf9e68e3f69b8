import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CameraOff, CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { camerasQuery, groupsQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { isLiveSupported } from "../../live/media-buffer.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { cameraTree } from "../playback/camera-order.ts";
import classes from "./live.module.css";
import { LiveView } from "./live-view.tsx";

const route = getRouteApi("/shell/live");

/** What the cameras show now. */
export function LivePage() {
  const { t, i18n } = useTranslation();
  const search = route.useSearch();
  const cameras = useQuery(camerasQuery);
  const groups = useQuery(groupsQuery);
  const mayAdd = useHasPermission("cameras.edit");
  if (cameras.data === undefined) {
    if (!cameras.isError) return <LiveSkeleton />;
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
  if (!isLiveSupported()) {
    return (
      <MessagePanel
        isError
        icon={<CameraOff size={36} />}
        title={t("live.unsupported")}
        hint={t("playback.unsupportedHint")}
      />
    );
  }
  const ordered = cameraTree(cameras.data, groups.data ?? [], i18n.language).flatMap((branch) => branch.cameras);
  if (ordered.length === 0) {
    return (
      <MessagePanel icon={<CameraOff size={36} />} title={t("playback.noCameras")} hint={t("live.noCamerasHint")}>
        {mayAdd && <ButtonLink to="/setup/devices/add">{t("playback.addCamera")}</ButtonLink>}
      </MessagePanel>
    );
  }
  return <LiveView cameras={ordered} enlargedId={search.camera ?? null} />;
}

function LiveSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.page} role="status" aria-label={t("common.loading")}>
      <div className={classes.bar}>
        <Skeleton h={18} w={80} />
      </div>
      <div className={classes.grid} data-size={4}>
        {[1, 2, 3, 4].map((number) => (
          <div key={number} className={classes.tile} />
        ))}
      </div>
    </div>
  );
}
