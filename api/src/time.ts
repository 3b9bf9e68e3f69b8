import { z } from "zod";

/** An instant on the wire: ISO 8601 with `Z` (an offset is accepted in requests), answered with milliseconds in UTC. */
export const Instant = z.iso.datetime({ offset: true }).describe("ISO 8601 instant, e.g. `2026-04-09T14:30:00.120Z`");

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "is not a time zone of the IANA database, such as Europe/Berlin")
  .describe("IANA time zone, e.g. `Europe/Berlin`");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
