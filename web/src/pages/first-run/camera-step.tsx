import { Anchor } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CameraForm } from "../devices/camera-form.tsx";

/** The first camera, with the same form that adds any other. */
export function CameraStep() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <CameraForm
      camera={null}
      submitLabel={t("firstRun.addCamera")}
      onSaved={(camera) => void navigate({ to: "/first-run", search: { step: "watch", camera: camera.id } })}
    >
      <Anchor component={Link} to="/setup/devices" size="sm">
        {t("firstRun.later")}
      </Anchor>
    </CameraForm>
  );
}
