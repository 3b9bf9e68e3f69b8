/** `2026-04-09_14-30-00.mp4`: UTC second of the first frame; the n-th segment that begins within one second gets `-n`. */
export function segmentName(startMs: number, ordinal = 1): string {
  const iso = new Date(Math.floor(startMs / 1000) * 1000).toISOString();
  const stem = `${iso.slice(0, 10)}_${iso.slice(11, 19).replaceAll(":", "-")}`;
  return ordinal > 1 ? `${stem}-${ordinal}.mp4` : `${stem}.mp4`;
}

const NAME = /^(\d{4}-\d{2}-\d{2})_(\d{2})-(\d{2})-(\d{2})(?:-(\d{1,4}))?\.mp4$/;

/** The UTC second a segment's name says, in milliseconds; null when it is not the name of a segment. */
export function segmentNameStartMs(name: string): number | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const startMs = Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4]}Z`);
  return Number.isNaN(startMs) ? null : startMs;
}

const PART_SUFFIX = ".part.mp4";

/** Name of a run's first segment until its wall-clock time has settled. */
export function partName(runId: string): string {
  return `${runId}${PART_SUFFIX}`;
}

export function isPartName(name: string): boolean {
  return name.endsWith(PART_SUFFIX);
}

/** First multiple of `lengthMs`, counted from UTC midnight, that lies after `startMs`. */
export function nextBoundaryMs(startMs: number, lengthMs: number): number {
  const dayMs = 86_400_000;
  const midnightMs = Math.floor(startMs / dayMs) * dayMs;
  const boundaryMs = midnightMs + (Math.floor((startMs - midnightMs) / lengthMs) + 1) * lengthMs;
  return Math.min(boundaryMs, midnightMs + dayMs);
}
