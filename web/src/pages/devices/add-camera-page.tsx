import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../shell/router-links.tsx";
import { CameraForm } from "./camera-form.tsx";
import { DevicePageFrame } from "./device-page-frame.tsx";

export function AddCameraPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <DevicePageFrame title={t("devices.addTitle")}>
      <CameraForm submitLabel={t("devices.add")} onSaved={() => void navigate({ to: "/setup/devices" })}>
        <ButtonLink to="/setup/devices" variant="default">
          {t("common.cancel")}
        </ButtonLink>
      </CameraForm>
    </DevicePageFrame>
  );
}
