import { notifications } from "@mantine/notifications";
import { scheduleRoutes } from "@nightjar/api/routes";
import type { Schedule } from "@nightjar/api/schedule";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";

type ScheduleValues = Pick<Schedule, "name" | "windows">;

/** Saves a schedule as a new one or as a change of `schedule`. */
export function useSaveSchedule(
  schedule: Schedule | null,
  onSaved: () => void,
): UseMutationResult<Schedule, Error, ScheduleValues> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ScheduleValues) =>
      schedule === null
        ? call(scheduleRoutes.create, { body })
        : call(scheduleRoutes.update, { params: { id: schedule.id }, body }),
    onSuccess: (saved) => {
      client.setQueryData<Schedule[]>(
        queryKeys.schedules,
        (known) => known && [...known.filter((one) => one.id !== saved.id), saved],
      );
      notifications.show({ color: "green", message: t("schedules.saved", { name: saved.name }) });
      onSaved();
    },
  });
}
