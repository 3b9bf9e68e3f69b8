import { useMediaQuery } from "@mantine/hooks";
import type { ScheduleWindow } from "@nightjar/api/schedule";
import { useTranslation } from "react-i18next";
import {
  type Brush,
  type DaySpan,
  gridOf,
  SLOT_MINUTES,
  SLOTS_PER_DAY,
  timeOf,
  WEEKDAYS,
} from "../../schedules/week.ts";
import { extentOf, WeekBlocks } from "../../schedules/week-blocks.tsx";
import { weekdayName } from "../../schedules/window-text.ts";
import { type Place, useWeekPainting } from "./use-week-painting.ts";
import classes from "./week-grid.module.css";

interface WeekGridProps {
  readonly windows: readonly ScheduleWindow[];
  readonly brush: Brush;
  readonly onPaint: (area: DaySpan[]) => void;
}

const DAYS = WEEKDAYS.map((_, day) => day);
const SLOTS = Array.from({ length: SLOTS_PER_DAY }, (_, slot) => slot);
const LABELLED_HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

/** The week in half hours, painted by dragging or by keyboard. Days are lines, on a phone columns. */
export function WeekGrid({ windows, brush, onPaint }: WeekGridProps) {
  const { t, i18n } = useTranslation();
  const upright = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const painting = useWeekPainting(upright, onPaint);
  const cells = gridOf(windows);
  const nameOf = ({ day, slot }: Place) => {
    const state = cells[day]?.[slot] ?? "nothing";
    return t("schedules.cell", {
      day: weekdayName(day, i18n.language, "long"),
      from: timeOf(slot * SLOT_MINUTES),
      to: timeOf((slot + 1) * SLOT_MINUTES),
      state: t(`schedules.cellState.${state}`),
    });
  };
  const cell = (place: Place) => {
    const isCursor = place.day === painting.cursor.day && place.slot === painting.cursor.slot;
    return (
      // biome-ignore lint/a11y/useAriaPropsSupportedByRole: in a grid a cell is a gridcell, which can be selected
      <td
        key={`${place.day} ${place.slot}`}
        className={classes.cell}
        data-place={`${place.day} ${place.slot}`}
        data-hour={place.slot % 2 === 0}
        tabIndex={isCursor ? 0 : -1}
        aria-label={nameOf(place)}
        aria-selected={painting.isSelected(place)}
      />
    );
  };
  const rows = upright
    ? SLOTS.map((slot) => DAYS.map((day) => ({ day, slot })))
    : DAYS.map((day) => SLOTS.map((slot) => ({ day, slot })));
  return (
    <div className={classes.week} data-upright={upright}>
      <div className={classes.days} aria-hidden>
        {DAYS.map((day) => (
          <span key={day}>{weekdayName(day, i18n.language, "short")}</span>
        ))}
      </div>
      <div className={classes.hours} aria-hidden>
        {LABELLED_HOURS.map((hour) => (
          <span key={hour} style={{ [upright ? "top" : "left"]: `${(hour / 24) * 100}%` }}>
            {timeOf(hour * 60)}
          </span>
        ))}
      </div>
      <div className={classes.area}>
        <WeekBlocks
          windows={windows}
          place={(piece) => {
            const { from, size } = extentOf(piece);
            const [at, thickness] = [`${(piece.day / 7) * 100}%`, `${100 / 7}%`];
            return upright
              ? { left: at, width: thickness, top: from, height: size }
              : { top: at, height: thickness, left: from, width: size };
          }}
        />
        <table
          ref={painting.gridRef}
          className={classes.grid}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table in which the arrow keys move
          role="grid"
          aria-label={t("schedules.grid")}
          aria-multiselectable
          data-brush={brush ?? "erase"}
          {...painting.handlers}
        >
          <tbody className={classes.row}>
            {rows.map((places, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a week never move
              <tr key={row} className={classes.row}>
                {places.map(cell)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
