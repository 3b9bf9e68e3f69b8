import { Stepper } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { WelcomeFrame } from "../../shell/welcome-frame.tsx";
import { AdministratorStep } from "./administrator-step.tsx";
import { CameraStep } from "./camera-step.tsx";
import { WatchStep } from "./watch-step.tsx";

const route = getRouteApi("/first-run");

/** The first start, by the hand: setup code and administrator, first camera, its first footage. */
export function FirstRunPage() {
  const { t } = useTranslation();
  const { step, camera } = route.useSearch();
  const active = step === undefined ? 0 : step === "camera" ? 1 : 2;
  return (
    <WelcomeFrame title={t("firstRun.title")} lead={t("firstRun.lead")} width={step === undefined ? 560 : 980}>
      <Stepper
        active={active}
        size="sm"
        iconSize={28}
        mb="xl"
        aria-label={t("firstRun.steps")}
        allowNextStepsSelect={false}
      >
        <Stepper.Step label={t("firstRun.administrator")} disabled />
        <Stepper.Step label={t("firstRun.camera")} disabled />
        <Stepper.Step label={t("firstRun.watch")} disabled />
      </Stepper>
      {active === 0 && <AdministratorStep />}
      {active === 1 && <CameraStep />}
      {active === 2 && camera !== undefined && <WatchStep cameraId={camera} />}
    </WelcomeFrame>
  );
}
