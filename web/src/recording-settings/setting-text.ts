import type { AudioSettings, EffectiveRecording } from "@nightjar/api/camera";
import type { Schedule } from "@nightjar/api/schedule";
import type { TFunction } from "i18next";
import { formatNumber } from "../i18n/quantities.ts";
import type { RecordingKey } from "./recording-draft.ts";

/** The units of the settings that are numbers. */
export const SETTING_UNITS = {
  retention_days: "unit.days",
  segment_seconds: "unit.seconds",
  segment_max_mb: "unit.megabytes",
  pre_event_seconds: "unit.seconds",
  post_event_seconds: "unit.seconds",
} as const;

export type NumberKey = keyof typeof SETTING_UNITS;

/** One recording setting in words, such as `600 s` or the name of a schedule. */
export function settingText(
  t: TFunction,
  recording: EffectiveRecording,
  key: RecordingKey,
  schedules: readonly Schedule[],
  language: string,
): string {
  switch (key) {
    case "mode":
      return t(`mode.${recording.mode}`);
    case "stream":
      return t(`recordingSettings.stream.${recording.stream}`);
    case "schedule_id":
      return scheduleName(t, recording.schedule_id, schedules);
    default:
      return numberText(t, key, recording[key], language);
  }
}

function numberText(t: TFunction, key: NumberKey, value: number, language: string): string {
  if (key === "segment_max_mb" && value === 0) return t("recordingSettings.noCap");
  return t(SETTING_UNITS[key], { value: formatNumber(value, language), count: value });
}

/** The name of a schedule; a word for none and for one that is not known here. */
export function scheduleName(t: TFunction, id: number | null, schedules: readonly Schedule[]): string {
  if (id === null) return t("recordingSettings.noSchedule");
  return schedules.find((one) => one.id === id)?.name ?? t("common.notKnown");
}

/** What of the sound is recorded. */
export type AudioWord = "off" | AudioSettings["codec"];

export function audioWord({ enabled, codec }: AudioSettings): AudioWord {
  return enabled ? codec : "off";
}
