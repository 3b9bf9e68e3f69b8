import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { CameraOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { camerasQuery } from "../../api/queries.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { CameraForm } from "./camera-form.tsx";
import { DevicePageFrame } from "./device-page-frame.tsx";

const route = getRouteApi("/shell/setup/devices/$cameraId");

export function EditCameraPage() {
  const { t } = useTranslation();
  const { cameraId } = route.useParams();
  const cameras = useQuery(camerasQuery);
  const navigate = useNavigate();
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
      <CameraForm
        key={camera.id}
        camera={camera}
        submitLabel={t("common.save")}
        onSaved={() => void navigate({ to: "/setup/devices" })}
      >
        <ButtonLink to="/setup/devices" variant="default">
          {t("common.cancel")}
        </ButtonLink>
      </CameraForm>
    </DevicePageFrame>
  );
}
