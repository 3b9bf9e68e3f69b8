import { Button, Fieldset, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import type { Schedule } from "@nightjar/api/schedule";
import { ScheduleWindow } from "@nightjar/api/schedule";
import { Plus } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Brush, type DaySpan, paint } from "../../schedules/week.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { useSaveSchedule } from "./use-save-schedule.ts";
import { WeekGrid } from "./week-grid.tsx";
import { WindowRow } from "./window-row.tsx";

interface ScheduleFormProps {
  /** null: a new one. */
  readonly schedule: Schedule | null;
  readonly onSaved: () => void;
  /** What else can be done, beside the button. */
  readonly children?: ReactNode;
}

const BRUSHES = ["continuous", "motion", "erase"] as const;
const OFFICE_HOURS: ScheduleWindow = {
  days: ["mon", "tue", "wed", "thu", "fri"],
  start: "08:00",
  end: "18:00",
  mode: "continuous",
};

/** Makes or edits a schedule: the week to paint on, and beside it the exact windows, which are what is saved. */
export function ScheduleForm({ schedule, onSaved, children }: ScheduleFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(schedule?.name ?? "");
  const [brush, setBrush] = useState<(typeof BRUSHES)[number]>("continuous");
  const { rows, windows, isChanged, setWindow, addWindow, removeWindow, paintArea } = useWindows(schedule);
  const [tried, setTried] = useState(false);
  const save = useSaveSchedule(schedule, onSaved);
  const nameMissing = name.trim() === "";
  const allValid = rows.every((row) => isValid(row.window));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nameMissing && allValid) save.mutate({ name: name.trim(), windows: rows.map((row) => row.window) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <TextInput
          label={t("schedules.name")}
          maw={420}
          required
          withAsterisk={false}
          maxLength={100}
          autoComplete="off"
          value={name}
          error={tried && nameMissing ? t("schedules.problem.name") : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Fieldset legend={t("schedules.week")}>
          <Stack gap="sm">
            <Group gap="sm">
              <SegmentedControl
                size="sm"
                aria-label={t("schedules.brush")}
                data={BRUSHES.map((value) => ({ value, label: t(`schedules.brushes.${value}`) }))}
                value={brush}
                onChange={setBrush}
              />
              <Text size="xs" c="dimmed" flex="1 1 300px">
                {t("schedules.gridHint")}
              </Text>
            </Group>
            <WeekGrid
              windows={windows}
              brush={brush === "erase" ? null : brush}
              onPaint={(area) => paintArea(area, brush === "erase" ? null : brush)}
            />
          </Stack>
        </Fieldset>
        <Fieldset legend={t("schedules.windows")}>
          <Stack gap="sm">
            <Text size="xs" c="dimmed">
              {t("schedules.windowsHint")}
            </Text>
            {rows.length === 0 && <Text size="sm">{t("schedules.noWindows")}</Text>}
            {rows.map((row, i) => (
              <WindowRow
                key={row.key}
                number={i + 1}
                window={row.window}
                onChange={(window) => setWindow(row.key, window)}
                onRemove={() => removeWindow(row.key)}
              />
            ))}
            <Button
              variant="default"
              style={{ alignSelf: "start" }}
              leftSection={<Plus size={16} aria-hidden />}
              onClick={() => addWindow(OFFICE_HOURS)}
            >
              {t("schedules.addWindow")}
            </Button>
          </Stack>
        </Fieldset>
        <FormError error={save.error} />
        <SaveBar isChanged={isChanged || name !== (schedule?.name ?? "")}>
          <Button type="submit" loading={save.isPending}>
            {t("common.save")}
          </Button>
          {children}
        </SaveBar>
      </Stack>
    </form>
  );
}

function isValid(window: ScheduleWindow): boolean {
  return ScheduleWindow.safeParse(window).success;
}

interface Row {
  readonly key: number;
  /** As it is typed, so perhaps not valid yet. */
  readonly window: ScheduleWindow;
}

/** The windows while they are edited. Painting works on those that are valid, and leaves each that it does not reach in its row. */
function useWindows(schedule: Schedule | null) {
  const nextKey = useRef(0);
  const rowOf = (window: ScheduleWindow): Row => {
    nextKey.current += 1;
    return { key: nextKey.current, window };
  };
  const [rows, setRows] = useState<readonly Row[]>(() => (schedule?.windows ?? []).map(rowOf));
  const [isChanged, setIsChanged] = useState(false);
  const change = (changed: (rows: readonly Row[]) => readonly Row[]) => {
    setIsChanged(true);
    setRows(changed(rows));
  };
  return {
    rows,
    windows: rows.map((row) => row.window).filter(isValid),
    isChanged,
    setWindow: (key: number, window: ScheduleWindow) =>
      change((all) => all.map((row) => (row.key === key ? { key, window } : row))),
    addWindow: (window: ScheduleWindow) => change((all) => [...all, rowOf(window)]),
    removeWindow: (key: number) => change((all) => all.filter((row) => row.key !== key)),
    paintArea: (area: readonly DaySpan[], brush: Brush) =>
      change((all) => {
        const valid = all.map((row) => row.window).filter(isValid);
        const painted = paint(valid, area, brush).map(
          (window) => all.find((row) => row.window === window) ?? rowOf(window),
        );
        return [...painted, ...all.filter((row) => !isValid(row.window))];
      }),
  };
}
