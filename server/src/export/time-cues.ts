import type { PlacedPiece } from "./export-plan.ts";

export interface CueText {
  /** IANA zone in which people read the time. */
  readonly timeZone: string;
  /** Said behind the time; null: nothing. */
  readonly cameraName: string | null;
}

/** The time of every second of footage as SubRip text; its times are those of the list. Pure. */
export function timeCues(pieces: readonly PlacedPiece[], { timeZone, cameraName }: CueText): string {
  const words = wordsOf(timeZone);
  const cues: string[] = [];
  for (const piece of pieces) {
    for (let ms = piece.startMs; ms < piece.endMs; ms = nextSecond(ms)) {
      const at = piece.fromSeconds + (ms - piece.startMs) / 1000;
      const until = at + (Math.min(nextSecond(ms), piece.endMs) - ms) / 1000;
      const text = cameraName === null ? words(ms) : `${words(ms)}  ${plainText(cameraName)}`;
      cues.push(`${cues.length + 1}\n${stamp(at)} --> ${stamp(until)}\n${text}\n`);
    }
  }
  return cues.join("\n");
}

/** Node.js versions differ in how they write no offset. */
function zone(name: string): string {
  return name === "GMT+0" ? "GMT" : name;
}

function nextSecond(ms: number): number {
  return (Math.floor(ms / 1000) + 1) * 1000;
}

/** `2026-04-09 14:30:00 GMT+2`: the same for everybody, and right across changes of the clock. */
function wordsOf(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    },
    ...{ hourCycle: "h23", timeZoneName: "shortOffset" },
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
    return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")} ${zone(part("timeZoneName"))}`;
  };
}

/** A name is not markup, and is one line. */
function plainText(name: string): string {
  return name.replaceAll(/[<>{}\\\p{Cc}]/gu, " ").trim();
}

function stamp(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const whole = Math.floor(ms / 1000);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)},${String(ms % 1000).padStart(3, "0")}`;
}
