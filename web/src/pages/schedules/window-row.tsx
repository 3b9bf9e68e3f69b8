import { ActionIcon, Chip, Fieldset, Group, NativeSelect, Text, TextInput, Tooltip } from "@mantine/core";
import { ScheduleWindow } from "@nightjar/api/schedule";
import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { WEEKDAYS } from "../../schedules/week.ts";
import { weekdayName } from "../../schedules/window-text.ts";

interface WindowRowProps {
  readonly number: number;
  readonly window: ScheduleWindow;
  readonly onChange: (window: ScheduleWindow) => void;
  readonly onRemove: () => void;
}

/** One window to the minute: its days, from when to when, and what is recorded then. */
export function WindowRow({ number, window, onChange, onRemove }: WindowRowProps) {
  const { t, i18n } = useTranslation();
  const wrong = new Set(ScheduleWindow.safeParse(window).error?.issues.map((issue) => issue.path[0]));
  const time = (field: "start" | "end") => ({
    label: t(`schedules.${field}`),
    w: 96,
    maxLength: 5,
    autoComplete: "off",
    placeholder: "08:00",
    value: window[field],
    error: wrong.has(field) ? t("schedules.problem.time") : null,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...window, [field]: event.currentTarget.value }),
    onBlur: () => onChange({ ...window, [field]: completeTime(window[field]) }),
  });
  const remove = t("schedules.removeWindow", { number });
  return (
    <Fieldset legend={t("schedules.window", { number })} p="sm">
      <Group align="flex-start" gap="md">
        <div>
          <Text size="sm" fw={500} mb={6}>
            {t("schedules.days")}
          </Text>
          <Chip.Group
            multiple
            value={[...window.days]}
            onChange={(chosen) => onChange({ ...window, days: WEEKDAYS.filter((day) => chosen.includes(day)) })}
          >
            <Group gap={4} role="group" aria-label={t("schedules.days")}>
              {WEEKDAYS.map((day, i) => (
                <Chip
                  key={day}
                  value={day}
                  size="xs"
                  icon={null}
                  styles={{ label: { paddingInline: 8 }, iconWrapper: { display: "none" } }}
                >
                  {weekdayName(i, i18n.language, "short")}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          {wrong.has("days") && (
            <Text size="xs" c="var(--mantine-color-error)" mt={4}>
              {t("schedules.problem.days")}
            </Text>
          )}
        </div>
        <TextInput {...time("start")} />
        <TextInput {...time("end")} />
        <NativeSelect
          label={t("schedules.mode")}
          value={window.mode}
          data={[
            { value: "continuous", label: t("schedules.brushes.continuous") },
            { value: "motion", label: t("schedules.brushes.motion") },
          ]}
          onChange={(event) =>
            onChange({ ...window, mode: event.currentTarget.value === "motion" ? "motion" : "continuous" })
          }
        />
        <Tooltip label={remove}>
          <ActionIcon size="lg" mt={25} ml="auto" aria-label={remove} onClick={onRemove}>
            <Trash2 size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Fieldset>
  );
}

/** `8:00`, `0800` and `8` as people type them, made `08:00`; anything else is left as it is. */
function completeTime(typed: string): string {
  const parts = /^(\d{1,2})(?::?(\d{2}))?$/.exec(typed.trim());
  return parts === null ? typed : `${(parts[1] ?? "").padStart(2, "0")}:${parts[2] ?? "00"}`;
}
