import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../shell/router-links.tsx";
import { ScheduleForm } from "./schedule-form.tsx";
import { SchedulePageFrame } from "./schedule-page-frame.tsx";

export function AddSchedulePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <SchedulePageFrame title={t("schedules.addTitle")}>
      <ScheduleForm schedule={null} onSaved={() => void navigate({ to: "/setup/schedules" })}>
        <ButtonLink to="/setup/schedules" variant="default">
          {t("common.cancel")}
        </ButtonLink>
      </ScheduleForm>
    </SchedulePageFrame>
  );
}
