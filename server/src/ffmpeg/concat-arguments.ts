/** A file of a list that ffmpeg reads as one; times in seconds. */
export interface ConcatEntry {
  /** Plain name of a file beside the list. */
  readonly file: string;
  /** Where in the file to begin: at the sync sample at or before this. It plays at `startSeconds`. */
  readonly fromSeconds: number;
  /** When that plays, from the start of the list. */
  readonly startSeconds: number;
}

/** Added to all times, so that the little sound which lies ahead of the first picture has no negative ones. */
const TIME_OFFSET_SECONDS = 1;

/**
 * The list for ffmpeg's concat demuxer. `tracks`: a file that has all tracks; it comes first and gives nothing but their description,
 * where the first file of footage lacks sound. Every entry's duration is said, to the microsecond of its place: ffmpeg's own guesses add up.
 */
export function concatList(entries: readonly ConcatEntry[], tracks: string | null): string {
  const lines = ["ffconcat version 1.0"];
  if (tracks !== null) lines.push(`file '${tracks}'`, "outpoint 0", "duration 0");
  for (const [i, entry] of entries.entries()) {
    lines.push(`file '${entry.file}'`, `inpoint ${seconds(entry.fromSeconds)}`);
    const next = entries[i + 1];
    if (next !== undefined)
      lines.push(`duration ${seconds(micros(next.startSeconds) / 1e6 - micros(entry.startSeconds) / 1e6)}`);
  }
  return `${lines.join("\n")}\n`;
}

export interface ConcatCopy {
  /** Name of the list in the folder. */
  readonly list: string;
  readonly output: string;
  /** Room to keep for the file's tables, ahead of its media. */
  readonly tableBytes: number;
  readonly audio: boolean;
  /** Whether the picture is H.265, which players want under another name than ffmpeg's own. */
  readonly hevc: boolean;
  /** No sample is taken that is decoded at or after this, from the start of the list. */
  readonly untilSeconds: number;
  /** A subtitle file to put in. */
  readonly subtitles: string | null;
}

/** Arguments that copy the streams of a list into an MP4, its times being those of the list plus `TIME_OFFSET_SECONDS`. Pure. */
export function concatCopyArguments(copy: ConcatCopy): string[] {
  const { list, output, tableBytes, audio, hevc, untilSeconds, subtitles } = copy;
  return [
    ...listInput(list),
    ...(subtitles === null ? [] : ["-itsoffset", String(TIME_OFFSET_SECONDS), "-i", subtitles]),
    ...["-map", "0:v:0", ...(audio ? ["-map", "0:a:0?"] : []), ...(subtitles === null ? [] : ["-map", "1:s:0"])],
    ...[
      "-c:v",
      "copy",
      "-c:a",
      "copy",
      ...(hevc ? ["-tag:v", "hvc1"] : []),
      ...(subtitles === null ? [] : ["-c:s", "mov_text"]),
    ],
    ...["-t", seconds(untilSeconds + TIME_OFFSET_SECONDS), ...outputTo(output, tableBytes)],
  ];
}

export interface ConcatEncode {
  readonly list: string;
  readonly output: string;
  /** Room to keep for the file's tables, ahead of its media. */
  readonly tableBytes: number;
  readonly audio: boolean;
  /** What is shown, from the start of the list. */
  readonly shown: { readonly fromSeconds: number; readonly toSeconds: number };
  /** Subtitle file to paint into the picture; its times are those of the list. */
  readonly paint: string | null;
  readonly masks: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly timeLapseFactor: number | null;
  readonly framesPerSecond: number;
}

/** Arguments that decode a list, change its pictures and encode them as H.264. The output begins at 0 with what is shown first. Pure. */
export function concatEncodeArguments(encode: ConcatEncode): string[] {
  const { list, output, tableBytes, audio, shown, paint, masks, timeLapseFactor, framesPerSecond } = encode;
  const from = seconds(shown.fromSeconds + TIME_OFFSET_SECONDS);
  const to = seconds(shown.toSeconds + TIME_OFFSET_SECONDS);
  const speed = timeLapseFactor === null ? [] : [`setpts=PTS/${timeLapseFactor}`, `fps=${framesPerSecond}`];
  const picture = [
    // A player between these limits shows these pictures.
    `trim=start=${from}:end=${to}`,
    ...masks.map(boxFilter),
    ...(paint === null ? [] : [`setpts=PTS-${TIME_OFFSET_SECONDS}/TB`, `subtitles=${paint}`]),
    "setpts=PTS-STARTPTS",
    ...speed,
  ];
  const sound = audio && timeLapseFactor === null ? ["-map", "0:a:0?", ...soundArguments(from, to)] : ["-an"];
  return [
    ...listInput(list),
    ...["-map", "0:v:0", "-vf", picture.join(","), ...sound],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough"],
    ...outputTo(output, tableBytes),
  ];
}

function soundArguments(from: string, to: string): string[] {
  const filter = `atrim=start=${from}:end=${to},asetpts=PTS-STARTPTS,aresample=async=1:first_pts=0`;
  return ["-af", filter, "-c:a", "aac", "-b:a", "128k"];
}

function listInput(list: string): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-progress", "pipe:1"],
    // The times of the list as they stand; the pictures as they are stored.
    ...["-copyts", "-itsoffset", String(TIME_OFFSET_SECONDS), "-f", "concat", "-auto_convert", "0", "-safe", "1"],
    ...["-i", list],
  ];
}

function outputTo(output: string, tableBytes: number): string[] {
  const room = ["-moov_size", String(tableBytes)];
  return ["-avoid_negative_ts", "disabled", "-strict", "experimental", ...room, "-f", "mp4", "-y", output];
}

function boxFilter({ x, y, width, height }: ConcatEncode["masks"][number]): string {
  const of = (side: "iw" | "ih", fraction: number): string => `${side}*${fraction.toFixed(6)}`;
  return `drawbox=x=${of("iw", x)}:y=${of("ih", y)}:w=${of("iw", width)}:h=${of("ih", height)}:color=black:t=fill`;
}

function micros(value: number): number {
  return Math.round(value * 1e6);
}

function seconds(value: number): string {
  return (micros(value) / 1e6).toFixed(6);
}
