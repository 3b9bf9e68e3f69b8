import { Fieldset, Select, SimpleGrid, Stack } from "@mantine/core";
import type { Schedule } from "@nightjar/api/schedule";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { DecimalInput } from "../shell/decimal-input.tsx";
import type { RecordingDraft, RecordingKey, RecordingProblem, ShownRecording } from "./recording-draft.ts";
import { SettingFrame } from "./setting-frame.tsx";
import { type NumberKey, SETTING_UNITS } from "./setting-text.ts";

/** Where a value comes from, and the way back to the inherited one. */
export interface SettingOrigin {
  readonly text: string;
  /** The shown value is not the camera's own. */
  readonly inherited: boolean;
  readonly onInherit?: (() => void) | undefined;
}

export interface RecordingFieldsProps {
  readonly shown: ShownRecording;
  readonly problems: Partial<Record<RecordingKey, RecordingProblem>>;
  /** What the server found wrong, in its words. */
  readonly refused: Partial<Record<RecordingKey, string>>;
  readonly schedules: readonly Schedule[];
  /** None is a choice of its own. */
  readonly mayHaveNoSchedule: boolean;
  readonly originOf: (key: RecordingKey) => SettingOrigin;
  readonly onChange: (change: Partial<RecordingDraft>) => void;
}

const LIMITS: Record<NumberKey, { readonly min: number; readonly max: number; readonly step: number }> = {
  retention_days: { min: 0, max: 36_500, step: 1 },
  segment_seconds: { min: 10, max: 3600, step: 60 },
  segment_max_mb: { min: 0, max: 4294, step: 100 },
  pre_event_seconds: { min: 0, max: 60, step: 1 },
  post_event_seconds: { min: 0, max: 600, step: 1 },
};

/** All recording settings, of a camera or of the defaults. */
export function RecordingFields(props: RecordingFieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <FieldGroup legend={t("recordingSettings.when")}>
        <ModeField {...props} />
        <ScheduleField {...props} />
      </FieldGroup>
      <FieldGroup legend={t("recordingSettings.events")}>
        <NumberField name="pre_event_seconds" {...props} />
        <NumberField name="post_event_seconds" {...props} />
      </FieldGroup>
      <FieldGroup legend={t("recordingSettings.what")}>
        <StreamField {...props} />
        <NumberField name="retention_days" {...props} />
      </FieldGroup>
      <FieldGroup legend={t("recordingSettings.files")}>
        <NumberField name="segment_seconds" {...props} />
        <NumberField name="segment_max_mb" {...props} />
      </FieldGroup>
    </Stack>
  );
}

function FieldGroup({ legend, children }: { readonly legend: string; readonly children: ReactNode }) {
  return (
    <Fieldset legend={legend}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
        {children}
      </SimpleGrid>
    </Fieldset>
  );
}

const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** What every field has: its name, what it means and where its value comes from, what is wrong with it. */
function useFrame(key: RecordingKey, hint: string, { problems, refused, originOf }: RecordingFieldsProps) {
  const { t } = useTranslation();
  const origin = originOf(key);
  const problem = problems[key];
  const label = t(`recordingSettings.field.${key}`);
  return {
    frame: { label, onInherit: origin.onInherit },
    field: {
      label,
      inputWrapperOrder: ORDER,
      description: (
        <>
          {hint}
          <span style={{ display: "block" }}>{origin.text}</span>
        </>
      ),
      error: problem === undefined ? refused[key] : t(`recordingSettings.problem.${problem}`),
      // An inherited value is dimmed, and the description says so too.
      styles: origin.inherited ? { input: { color: "var(--mantine-color-dimmed)" } } : {},
    },
  };
}

function ModeField(props: RecordingFieldsProps) {
  const { t } = useTranslation();
  const { shown, onChange } = props;
  const hint = shown.mode === undefined || shown.mode === "" ? "" : t(`recordingSettings.modeHint.${shown.mode}`);
  const { frame, field } = useFrame("mode", hint, props);
  return (
    <SettingFrame {...frame}>
      <Select
        {...field}
        allowDeselect={false}
        data={[
          { value: "continuous", label: t("mode.continuous") },
          { value: "scheduled", label: t("mode.scheduled") },
          { value: "motion", label: t("mode.motion") },
          { value: "disabled", label: t("mode.disabled") },
        ]}
        value={shown.mode === undefined || shown.mode === "" ? null : shown.mode}
        onChange={(mode) => mode !== null && onChange({ mode })}
      />
    </SettingFrame>
  );
}

function ScheduleField(props: RecordingFieldsProps) {
  const { t } = useTranslation();
  const { shown, schedules, mayHaveNoSchedule, onChange } = props;
  const hint = schedules.length === 0 ? "makeSchedule" : "hint.schedule_id";
  const { frame, field } = useFrame("schedule_id", t(`recordingSettings.${hint}`), props);
  const value = shown.schedule_id;
  return (
    <SettingFrame {...frame}>
      <Select
        {...field}
        placeholder={t("recordingSettings.noSchedule")}
        searchable={schedules.length > 10}
        clearable={mayHaveNoSchedule}
        allowDeselect={mayHaveNoSchedule}
        data={schedules.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={typeof value === "number" ? String(value) : null}
        onChange={(id) => onChange({ schedule_id: id === null ? null : Number(id) })}
      />
    </SettingFrame>
  );
}

function StreamField(props: RecordingFieldsProps) {
  const { t } = useTranslation();
  const { shown, onChange } = props;
  const { frame, field } = useFrame("stream", t("recordingSettings.hint.stream"), props);
  return (
    <SettingFrame {...frame}>
      <Select
        {...field}
        allowDeselect={false}
        data={[
          { value: "main", label: t("recordingSettings.stream.main") },
          { value: "sub", label: t("recordingSettings.stream.sub") },
        ]}
        value={shown.stream === undefined || shown.stream === "" ? null : shown.stream}
        onChange={(stream) => stream !== null && onChange({ stream })}
      />
    </SettingFrame>
  );
}

function NumberField({ name, ...props }: RecordingFieldsProps & { readonly name: NumberKey }) {
  const { t } = useTranslation();
  const { frame, field } = useFrame(name, t(`recordingSettings.hint.${name}`), props);
  const value = props.shown[name] ?? "";
  const isWhole = name === "segment_seconds";
  return (
    <SettingFrame {...frame}>
      <DecimalInput
        {...field}
        {...LIMITS[name]}
        allowNegative={false}
        allowDecimal={!isWhole}
        suffix={` ${t(SETTING_UNITS[name], { value: "", count: Number(value) }).trim()}`}
        value={value}
        onChange={(typed) => props.onChange({ [name]: typed })}
      />
    </SettingFrame>
  );
}
