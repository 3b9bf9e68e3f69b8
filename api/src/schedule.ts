import { z } from "zod";

export const Weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
export type Weekday = z.infer<typeof Weekday>;

/** What a window of a schedule asks for. */
export const WindowMode = z.enum(["continuous", "motion"]);

const MAX_WINDOWS = 100;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const END_OF_WINDOW = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

export const ScheduleWindow = z
  .strictObject({
    days: z
      .array(Weekday)
      .min(1, "must name at least one day")
      .max(7)
      .refine((days) => new Set(days).size === days.length, "must name each day once")
      .describe("The days on which it begins"),
    start: z.string().regex(TIME_OF_DAY, "is not a time of day, such as 08:00").describe("Local time of the camera"),
    end: z
      .string()
      .regex(END_OF_WINDOW, "is not a time of day, such as 18:00, or 24:00")
      .describe(
        "At or before `start`: on the next day, so that the same time twice is a whole day. `24:00`: the end of the day",
      ),
    mode: WindowMode,
  })
  .meta({ id: "ScheduleWindow" });
export type ScheduleWindow = z.infer<typeof ScheduleWindow>;

const shape = {
  name: z.string().trim().min(1, "must not be empty").max(100),
  windows: z
    .array(ScheduleWindow)
    .max(MAX_WINDOWS)
    .describe("Where windows overlap, `continuous` wins; none at all: nothing is ever recorded by it"),
};

export const ScheduleCreate = z.strictObject(shape).meta({ id: "ScheduleCreate" });

/** JSON merge patch (RFC 7396) of a schedule; a list is replaced as a whole. */
export const SchedulePatch = z
  .strictObject({ name: shape.name.optional(), windows: shape.windows.optional() })
  .meta({ id: "SchedulePatch" });

/** When to record, by the day of the week and the local time of each camera that uses it. */
export const Schedule = z
  .object({ id: z.number().int(), name: z.string(), windows: z.array(ScheduleWindow) })
  .meta({ id: "Schedule" });
export type Schedule = z.infer<typeof Schedule>;
