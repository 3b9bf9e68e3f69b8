import { type AudioPlan, encoderArguments } from "./audio-plan.ts";
import type { SourceInput } from "./source.ts";

/** Longest time of a fragment: what a crash may lose, and what live waits for. */
const FRAGMENT_MICROSECONDS = 250_000;
/** A camera that announces sound and sends none must not hold its picture back for longer than this. */
const INTERLEAVE_MICROSECONDS = 1_000_000;

/** Arguments of the long-lived ffmpeg that pulls a camera and writes fragmented MP4 to its standard output. Pure. */
export function ingestArguments(input: SourceInput, audio: AudioPlan): string[] {
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "info"],
    ...input.arguments,
    ...["-map", "0:v:0", ...videoArguments(input)],
    ...audioArguments(input, audio),
    ...["-max_interleave_delta", String(INTERLEAVE_MICROSECONDS)],
    // delay_moov: without it the first picture is stretched back to the first sound. skip_trailer: without it ffmpeg's own index grows for ever.
    ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov+skip_trailer"],
    ...["-frag_duration", String(FRAGMENT_MICROSECONDS), "-flush_packets", "1", "-f", "mp4", "pipe:1"],
  ];
}

function videoArguments(input: SourceInput): string[] {
  if (!input.synthetic) return ["-c:v", "copy"];
  return [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "30",
    "-b:v",
    "1M",
  ];
}

function audioArguments(input: SourceInput, audio: AudioPlan): string[] {
  if (audio === "none" || input.sound === null) return ["-an"];
  return ["-map", input.sound, ...soundArguments(input, audio)];
}

function soundArguments(input: SourceInput, audio: Exclude<AudioPlan, "none">): string[] {
  if (audio !== "copy" && audio !== "copyAac") return encoderArguments(audio);
  if (input.synthetic) return encoderArguments("aac");
  // In MPEG-TS each AAC frame has a header that MP4 must not have; other AAC passes the filter as it is, another codec ends ffmpeg.
  return ["-c:a", "copy", ...(audio === "copyAac" ? ["-bsf:a", "aac_adtstoasc"] : [])];
}
