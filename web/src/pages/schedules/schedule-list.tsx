import { ActionIcon, Group, Text, Title, Tooltip } from "@mantine/core";
import type { Schedule } from "@nightjar/api/schedule";
import { Pencil, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ScheduleUsers } from "../../schedules/schedule-users.ts";
import { WeekStrip, WeekStripHead } from "../../schedules/week-strip.tsx";
import { ActionLink } from "../../shell/router-links.tsx";
import classes from "./schedule-list.module.css";

/** A schedule and whom it concerns. */
export interface ScheduleInUse {
  readonly schedule: Schedule;
  readonly users: ScheduleUsers;
  /** It is the one of the defaults. */
  readonly isDefault: boolean;
}

interface ScheduleListProps {
  readonly title: string;
  readonly hint?: string;
  readonly schedules: readonly ScheduleInUse[];
  readonly mayEdit: boolean;
  readonly onDelete: (schedule: ScheduleInUse) => void;
}

/** Schedules under each other, their weeks side by side on one scale. */
export function ScheduleList({ title, hint, schedules, mayEdit, onDelete }: ScheduleListProps) {
  return (
    <section aria-label={title} className={classes.section}>
      <div className={classes.row}>
        <Title order={2} fz="sm">
          {title}
        </Title>
        <div>
          {hint !== undefined && (
            <Text size="xs" c="dimmed">
              {hint}
            </Text>
          )}
          <WeekStripHead />
        </div>
      </div>
      <ul className={classes.list}>
        {schedules.map((one) => (
          <ScheduleRow key={one.schedule.id} mayEdit={mayEdit} onDelete={() => onDelete(one)} {...one} />
        ))}
      </ul>
    </section>
  );
}

interface ScheduleRowProps extends ScheduleInUse {
  readonly mayEdit: boolean;
  readonly onDelete: () => void;
}

function ScheduleRow({ schedule, users, isDefault, mayEdit, onDelete }: ScheduleRowProps) {
  const { t } = useTranslation();
  const { name, windows } = schedule;
  return (
    <li className={classes.row} data-testid={`schedule-${schedule.id}`}>
      <div className={classes.name}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <UsersText users={users} isDefault={isDefault} />
      </div>
      <WeekStrip name={name} windows={windows} />
      {mayEdit && (
        <Group gap={2} wrap="nowrap" justify="flex-end">
          <Tooltip label={t("schedules.edit", { name })}>
            <ActionLink
              to="/setup/schedules/$scheduleId"
              params={{ scheduleId: String(schedule.id) }}
              size="lg"
              aria-label={t("schedules.edit", { name })}
            >
              <Pencil size={18} />
            </ActionLink>
          </Tooltip>
          <Tooltip label={t("schedules.remove", { name })}>
            <ActionIcon size="lg" aria-label={t("schedules.remove", { name })} onClick={onDelete}>
              <Trash2 size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      )}
    </li>
  );
}

/** More names than these are counted. */
const NAMED_AT_MOST = 3;

function UsersText({ users, isDefault }: { readonly users: ScheduleUsers; readonly isDefault: boolean }) {
  const { t } = useTranslation();
  const names = [
    ...users.active.map((camera) => camera.name),
    ...users.waiting.map(({ name, effective }) =>
      t("schedules.waiting", { name, mode: t(`mode.${effective.recording.mode}`) }),
    ),
  ];
  const more = names.length - NAMED_AT_MOST;
  const shown = more > 1 ? [...names.slice(0, NAMED_AT_MOST), t("schedules.usedByMore", { count: more })] : names;
  return (
    <>
      <Text size="xs" c="dimmed" {...(more > 1 ? { title: names.join(", ") } : {})}>
        {names.length === 0 ? t("schedules.usedByNone") : shown.join(", ")}
      </Text>
      {isDefault && (
        <Text size="xs" c="dimmed">
          {t("schedules.isDefault")}
        </Text>
      )}
    </>
  );
}
