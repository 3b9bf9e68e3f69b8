import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "../../shell/router-links.tsx";
import { CameraForm } from "../devices/camera-form.tsx";

/** The first camera, with the same form that adds any other. */
export function CameraStep() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <CameraForm
      submitLabel={t("firstRun.addCamera")}
      onSaved={(camera) => void navigate({ to: "/first-run", search: { step: "watch", camera: camera.id } })}
    >
      <AnchorLink to="/setup/devices" size="sm">
        {t("firstRun.later")}
      </AnchorLink>
    </CameraForm>
  );
}
