import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { CalendarX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { schedulesQuery } from "../../api/queries.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { ScheduleForm } from "./schedule-form.tsx";
import { SchedulePageFrame } from "./schedule-page-frame.tsx";

const route = getRouteApi("/shell/setup/schedules/$scheduleId");

export function EditSchedulePage() {
  const { t } = useTranslation();
  const { scheduleId } = route.useParams();
  const schedules = useQuery(schedulesQuery);
  const navigate = useNavigate();
  const schedule = schedules.data?.find((one) => String(one.id) === scheduleId);
  if (schedule === undefined) {
    return (
      <SchedulePageFrame title={t("schedules.title")}>
        {schedules.isPending ? (
          <Skeleton h={320} role="status" aria-label={t("common.loading")} />
        ) : (
          <MessagePanel
            icon={<CalendarX size={36} />}
            title={t("schedules.notFound")}
            hint={t("schedules.notFoundHint")}
          />
        )}
      </SchedulePageFrame>
    );
  }
  return (
    <SchedulePageFrame title={t("schedules.editTitle", { name: schedule.name })}>
      <ScheduleForm key={schedule.id} schedule={schedule} onSaved={() => void navigate({ to: "/setup/schedules" })}>
        <ButtonLink to="/setup/schedules" variant="default">
          {t("common.cancel")}
        </ButtonLink>
      </ScheduleForm>
    </SchedulePageFrame>
  );
}
