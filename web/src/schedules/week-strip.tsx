import type { ScheduleWindow } from "@nightjar/api/schedule";
import { useTranslation } from "react-i18next";
import { DAY_MINUTES, WEEKDAYS } from "./week.ts";
import { WeekBlocks } from "./week-blocks.tsx";
import classes from "./week-strip.module.css";
import { weekdayName, windowText } from "./window-text.ts";

const WEEK_MINUTES = WEEKDAYS.length * DAY_MINUTES;

/** The week of one schedule on a line, Monday to Sunday; in words for those who cannot see it. */
export function WeekStrip({ name, windows }: { readonly name: string; readonly windows: readonly ScheduleWindow[] }) {
  const { t, i18n } = useTranslation();
  const words = windows.map((window) => windowText(t, window, i18n.language)).join("; ");
  return (
    <div
      className={classes.strip}
      role="img"
      aria-label={t("schedules.stripOf", { name, windows: words === "" ? t("schedules.nothingWanted") : words })}
    >
      <WeekBlocks
        windows={windows}
        place={({ day, startMinute, endMinute }) => ({
          top: 0,
          bottom: 0,
          left: `${((day * DAY_MINUTES + startMinute) / WEEK_MINUTES) * 100}%`,
          width: `${((endMinute - startMinute) / WEEK_MINUTES) * 100}%`,
        })}
      />
      <span className={classes.days} aria-hidden>
        {WEEKDAYS.map((day) => (
          <span key={day} className={classes.day} />
        ))}
      </span>
    </div>
  );
}

/** The names of the days over strips. */
export function WeekStripHead() {
  const { i18n } = useTranslation();
  return (
    <div className={classes.head} aria-hidden>
      {WEEKDAYS.map((day, i) => (
        <span key={day}>{weekdayName(i, i18n.language, "short")}</span>
      ))}
    </div>
  );
}
