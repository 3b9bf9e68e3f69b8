import "@mantine/dates/styles.css";
import "dayjs/locale/de";
import { Box } from "@mantine/core";
import { Calendar } from "@mantine/dates";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { daysQuery } from "../../api/queries.ts";
import type { WallTime } from "../../player/wall-time.ts";
import { formatDate } from "../../time/format.ts";
import { nowMs } from "../../time/now.ts";
import { dateOf } from "../../time/zone.ts";
import classes from "./footage-calendar.module.css";

interface FootageCalendarProps {
  readonly camera: Camera;
  readonly wallTime: WallTime | null;
  readonly onDay: (date: string) => void;
}

/** A month in the camera's zone; days with footage carry a mark and are named so. */
export function FootageCalendar({ camera, wallTime, onDay }: FootageCalendarProps) {
  const { t, i18n } = useTranslation();
  const zone = camera.time_zone;
  const selected = useDateOf(wallTime, zone);
  const today = dateOf(nowMs(), zone);
  const [month, setMonth] = useState(selected ?? today);
  useEffect(() => {
    if (selected !== null) setMonth(selected);
  }, [selected]);
  const { data } = useQuery(daysQuery(camera.id, month.slice(0, 7)));
  const withFootage = new Set(data?.days.map((day) => day.date));
  const nameOf = (date: string) => {
    const name = formatDate(Date.parse(`${date}T12:00:00Z`), "UTC", i18n.language);
    return `${name}, ${withFootage.has(date) ? t("playback.hasFootage") : t("playback.dayEmpty")}`;
  };
  return (
    <Box className={classes.calendar ?? ""} role="group" aria-label={t("playback.calendar")}>
      <Calendar
        size="xs"
        fullWidth
        maxLevel="year"
        locale={i18n.language}
        date={month}
        onDateChange={setMonth}
        maxDate={today}
        hideOutsideDates
        ariaLabels={{
          previousMonth: t("playback.previousMonth"),
          nextMonth: t("playback.nextMonth"),
          previousYear: t("playback.previousYear"),
          nextYear: t("playback.nextYear"),
          monthLevelControl: t("playback.chooseMonth"),
        }}
        getDayAriaLabel={nameOf}
        getDayProps={(date) => ({
          selected: date === selected,
          ...(date === selected ? { "aria-current": "date" } : {}),
          "data-footage": withFootage.has(date),
          className: classes.day ?? "",
          onClick: () => onDay(date),
        })}
        renderDay={(date) => <span>{Number(date.slice(8))}</span>}
      />
    </Box>
  );
}

/** The date of the picture; changes at midnight of the camera's zone only. */
function useDateOf(wallTime: WallTime | null, zone: string): string | null {
  const [date, setDate] = useState<string | null>(null);
  useEffect(() => {
    let toldMinute = Number.NaN;
    return wallTime?.listen((ms) => {
      const minute = ms === null ? Number.NaN : Math.floor(ms / 60_000);
      if (ms === null || minute === toldMinute) return;
      toldMinute = minute;
      setDate(dateOf(ms, zone));
    });
  }, [wallTime, zone]);
  return date;
}
