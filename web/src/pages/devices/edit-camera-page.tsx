import { Skeleton, Tabs } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { CameraOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { camerasQuery, groupsQuery } from "../../api/queries.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { AudioTab } from "./audio-tab.tsx";
import { CAMERA_TABS, type CameraTab } from "./camera-search.ts";
import { DevicePageFrame } from "./device-page-frame.tsx";
import { GeneralTab } from "./general-tab.tsx";
import { RecordingTab } from "./recording-tab.tsx";
import { StreamsTab } from "./streams-tab.tsx";

const route = getRouteApi("/shell/setup/devices/$cameraId");

/** The settings of one camera, in tabs; the address holds the tab. */
export function EditCameraPage() {
  const { t } = useTranslation();
  const { cameraId } = route.useParams();
  const cameras = useQuery(camerasQuery);
  const camera = cameras.data?.find((one) => String(one.id) === cameraId);
  if (camera === undefined) {
    return (
      <DevicePageFrame title={t("devices.title")}>
        {cameras.isPending ? (
          <Skeleton h={320} />
        ) : (
          <MessagePanel icon={<CameraOff size={36} />} title={t("devices.notFound")} hint={t("devices.notFoundHint")} />
        )}
      </DevicePageFrame>
    );
  }
  return (
    <DevicePageFrame title={t("devices.editTitle", { name: camera.name })}>
      <CameraTabs key={camera.id} camera={camera} />
    </DevicePageFrame>
  );
}

/** Each tab saves for itself. All stay mounted, so that what is not saved yet survives a look at another. */
function CameraTabs({ camera }: { readonly camera: Camera }) {
  const { t } = useTranslation();
  const { tab = "general" } = route.useSearch();
  const { data: groups = [] } = useQuery(groupsQuery);
  const navigate = useNavigate();
  const choose = (chosen: string | null) => {
    const known = CAMERA_TABS.find((one) => one === chosen);
    if (known === undefined) return;
    void navigate({
      to: "/setup/devices/$cameraId",
      params: { cameraId: String(camera.id) },
      search: { tab: known },
      replace: true,
      resetScroll: false,
    });
  };
  const panels: Record<CameraTab, React.ReactNode> = {
    general: <GeneralTab camera={camera} groups={groups} />,
    streams: <StreamsTab camera={camera} />,
    recording: <RecordingTab camera={camera} />,
    audio: <AudioTab camera={camera} />,
  };
  return (
    <Tabs value={tab} onChange={choose} keepMounted>
      <Tabs.List aria-label={t("camera.tabs", { name: camera.name })} mb="lg">
        {CAMERA_TABS.map((one) => (
          <Tabs.Tab key={one} value={one} px={{ base: 8, xs: "md" }}>
            {t(`camera.tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CAMERA_TABS.map((one) => (
        <Tabs.Panel key={one} value={one}>
          {panels[one]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
