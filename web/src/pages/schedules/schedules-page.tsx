import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { Schedule } from "@nightjar/api/schedule";
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, CloudOff, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery, recordingSettingsQuery, schedulesQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { scheduleUsers } from "../../schedules/schedule-users.ts";
import { WindowSwatch } from "../../schedules/week-blocks.tsx";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { DeleteSchedule } from "./delete-schedule.tsx";
import { type ScheduleInUse, ScheduleList } from "./schedule-list.tsx";

/** Setup › Schedules: every schedule with its week and who uses it; those in use come first, as one picture of the week. */
export function SchedulesPage() {
  const { t, i18n } = useTranslation();
  const schedules = useQuery(schedulesQuery);
  const { data: cameras } = useQuery(camerasQuery);
  const mayEdit = useHasPermission("settings.edit");
  const { data: settings } = useQuery({ ...recordingSettingsQuery, enabled: mayEdit });
  const [deleting, setDeleting] = useState<ScheduleInUse | null>(null);
  const all = withUsers(schedules.data ?? [], cameras ?? [], settings?.defaults.schedule_id ?? null, i18n.language);
  const active = all.filter(({ users }) => users.active.length > 0);
  const unused = all.filter(({ users }) => users.active.length === 0);
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="lg" maw={1180}>
      <Group justify="space-between" mih={36}>
        <Title order={1} fz="h3">
          {t("schedules.title")}
        </Title>
        {mayEdit && all.length > 0 && <AddButton />}
      </Group>
      {schedules.isPending && <Skeleton h={160} role="status" aria-label={t("common.loading")} />}
      {schedules.isError && schedules.data === undefined && (
        <MessagePanel
          isError
          icon={<CloudOff size={36} />}
          title={t("schedules.loadFailed")}
          hint={errorText(t, schedules.error)}
        >
          <Button variant="default" onClick={() => void schedules.refetch()}>
            {t("common.retry")}
          </Button>
        </MessagePanel>
      )}
      {schedules.data?.length === 0 && (
        <MessagePanel
          icon={<CalendarClock size={36} />}
          title={t("schedules.empty")}
          hint={mayEdit ? t("schedules.emptyHint") : `${t("schedules.emptyHint")} ${t("schedules.emptyViewer")}`}
        >
          {mayEdit && <AddButton />}
        </MessagePanel>
      )}
      {active.length > 0 && (
        <ScheduleList
          title={t("schedules.active")}
          hint={t("schedules.overview")}
          schedules={active}
          mayEdit={mayEdit}
          onDelete={setDeleting}
        />
      )}
      {unused.length > 0 && (
        <ScheduleList title={t("schedules.unused")} schedules={unused} mayEdit={mayEdit} onDelete={setDeleting} />
      )}
      {all.length > 0 && <Legend />}
      <DeleteSchedule wanted={deleting} onClose={() => setDeleting(null)} />
    </Stack>
  );
}

function withUsers(
  schedules: readonly Schedule[],
  cameras: readonly Camera[],
  defaultId: number | null,
  language: string,
): ScheduleInUse[] {
  return [...schedules]
    .sort((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))
    .map((schedule) => ({
      schedule,
      users: scheduleUsers(cameras, schedule.id),
      isDefault: schedule.id === defaultId,
    }));
}

function AddButton() {
  const { t } = useTranslation();
  return (
    <ButtonLink to="/setup/schedules/add" leftSection={<Plus size={16} aria-hidden />}>
      {t("schedules.add")}
    </ButtonLink>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <Group gap="md">
      {(["continuous", "motion"] as const).map((mode) => (
        <Group key={mode} gap={6} wrap="nowrap">
          <WindowSwatch mode={mode} />
          <Text size="xs" c="dimmed">
            {t(`schedules.brushes.${mode}`)}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
