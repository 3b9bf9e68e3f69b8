import { ScheduleWindow } from "@nightjar/api/schedule";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Brush,
  type Cell,
  type DaySpan,
  dayPieces,
  gridOf,
  modeAt,
  paint,
  timeOf,
  WEEKDAYS,
  type WindowMode,
} from "./week.ts";

const window = (days: string, start: string, end: string, mode: WindowMode = "continuous"): ScheduleWindow =>
  ScheduleWindow.parse({ days: days.split(" "), start, end, mode });

const brush = fc.constantFrom<Brush>("continuous", "motion", null);
const grid = fc.array(fc.array(brush, { minLength: 48, maxLength: 48 }), { minLength: 7, maxLength: 7 });

const anyWindow = fc
  .record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    start: fc.nat(1439).map(timeOf),
    end: fc.nat(1440).map(timeOf),
    mode: fc.constantFrom<WindowMode>("continuous", "motion"),
  })
  .map((one): ScheduleWindow => one);

/** Rectangles of the grid, as they are dragged. */
const area = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(47), fc.nat(47)).map(([dayA, dayB, slotA, slotB]): DaySpan[] =>
  WEEKDAYS.map((_, day) => day)
    .filter((day) => day >= Math.min(dayA, dayB) && day <= Math.max(dayA, dayB))
    .map((day) => ({
      day,
      startMinute: Math.min(slotA, slotB) * 30,
      endMinute: (Math.max(slotA, slotB) + 1) * 30,
    })),
);

/** What holds in every minute of the week. */
function minutesOf(windows: readonly ScheduleWindow[]): Brush[] {
  const minutes = new Array<Brush>(7 * 1440).fill(null);
  const pieces = dayPieces(windows);
  for (const mode of ["motion", "continuous"] as const) {
    for (const { day, startMinute, endMinute } of pieces.filter((piece) => piece.mode === mode)) {
      minutes.fill(mode, day * 1440 + startMinute, day * 1440 + endMinute);
    }
  }
  return minutes;
}

/** A whole grid painted onto nothing, cell by cell in two strokes. */
function windowsOf(cells: readonly (readonly Cell[])[]): readonly ScheduleWindow[] {
  return (["continuous", "motion"] as const).reduce<readonly ScheduleWindow[]>((windows, mode) => {
    const area = cells.flatMap((slots, day) =>
      slots.flatMap((cell, slot): DaySpan[] =>
        cell === mode ? [{ day, startMinute: slot * 30, endMinute: slot * 30 + 30 }] : [],
      ),
    );
    return paint(windows, area, mode);
  }, []);
}

describe("the week's grid and the windows", () => {
  it("say the same: a painted grid comes back from its windows, and the contract accepts them", () => {
    fc.assert(
      fc.property(grid, (cells) => {
        const windows = windowsOf(cells);
        expect(gridOf(windows)).toEqual(cells);
        for (const one of windows) expect(ScheduleWindow.safeParse(one).success).toBe(true);
      }),
    );
  });

  it("change exactly what is painted, to the minute", () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 6 }), area, brush, (windows, spans, mode) => {
        const wanted = minutesOf(windows);
        for (const { day, startMinute, endMinute } of spans) {
          wanted.fill(mode, day * 1440 + startMinute, day * 1440 + endMinute);
        }
        expect(minutesOf(paint(windows, spans, mode))).toEqual(wanted);
      }),
    );
  });

  it("leave windows alone that the painting does not reach, whatever their minutes", () => {
    const odd = window("mon tue", "08:07", "11:53");
    const night = window("fri sat", "22:00", "06:00", "motion");
    const painted = paint([odd, night], [{ day: 2, startMinute: 600, endMinute: 720 }], "continuous");
    expect(painted[0]).toBe(odd);
    expect(painted[1]).toBe(night);
    expect(painted[2]).toEqual(window("wed", "10:00", "12:00"));
    expect(gridOf([odd])[0]?.slice(15, 18)).toEqual([null, "mixed", "continuous"]);
  });

  it("grow a window that is continued, and take a day out of one that is cut", () => {
    const office = window("mon tue wed", "08:00", "18:00");
    expect(paint([office], [{ day: 1, startMinute: 1080, endMinute: 1200 }], "continuous")).toEqual([
      window("mon wed", "08:00", "18:00"),
      window("tue", "08:00", "20:00"),
    ]);
    expect(paint([office], [{ day: 1, startMinute: 720, endMinute: 780 }], null)).toEqual([
      window("mon wed", "08:00", "18:00"),
      window("tue", "08:00", "12:00"),
      window("tue", "13:00", "18:00"),
    ]);
  });

  it("are one window over midnight, also from Sunday to Monday, and whole days stay whole", () => {
    const nights = windowsOf(gridOf([window("mon sun", "22:00", "06:00")]));
    expect(nights).toEqual([window("mon sun", "22:00", "06:00")]);
    const always = windowsOf(gridOf([window("sat sun", "00:00", "24:00"), window("mon", "00:00", "00:00")]));
    expect(always).toEqual([window("mon sat sun", "00:00", "24:00")]);
  });

  it("tell what is wanted at a time of the week, where continuous wins", () => {
    const windows = [window("sun", "22:00", "06:00", "motion"), window("mon", "05:00", "07:00")];
    expect(modeAt(windows, 6, 1319)).toBeNull();
    expect(modeAt(windows, 6, 1320)).toBe("motion");
    expect(modeAt(windows, 0, 299)).toBe("motion");
    expect(modeAt(windows, 0, 300)).toBe("continuous");
    expect(modeAt(windows, 0, 420)).toBeNull();
  });
});
