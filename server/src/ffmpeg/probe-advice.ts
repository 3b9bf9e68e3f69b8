import type { ProbeResult } from "@nightjar/api/camera";
import { type AnnouncedStream, isAacLc } from "./stream-line.ts";

const LONG_KEY_FRAME_INTERVAL_SECONDS = 4;

type Advice = ProbeResult["advice"];

/** What a person should know about a stream before recording it. Pure. */
export function probeAdvice(video: ProbeResult["video"], sound: AnnouncedStream | null): Advice {
  return [...videoAdvice(video), ...keyFrameAdvice(video), ...soundAdvice(sound)];
}

function videoAdvice(video: ProbeResult["video"]): Advice {
  if (video.codec === "h264")
    return [
      {
        level: "ok",
        code: "video_plays_everywhere",
        message: "H.264 is recorded as it is and plays in every browser.",
      },
    ];
  return [
    {
      level: "note",
      code: "h265_playback",
      message: "H.265 is recorded as it is. Not every browser can play it; H.264 can be played by all.",
    },
  ];
}

function keyFrameAdvice(video: ProbeResult["video"]): Advice {
  const interval = video.key_frame_interval_seconds;
  if (interval !== null && interval <= LONG_KEY_FRAME_INTERVAL_SECONDS) return [];
  const seen = interval === null ? "No second key frame was seen" : `Key frames are ${interval} s apart`;
  return [
    {
      level: "warning",
      code: "key_frame_interval_long",
      message: `${seen}. Set the camera's key frame (I-frame) interval to 1 to 2 seconds: seeking and the start of recordings become exact.`,
    },
  ];
}

function soundAdvice(sound: AnnouncedStream | null): Advice {
  if (sound === null)
    return [{ level: "note", code: "no_sound", message: "The stream has no sound; only the picture is recorded." }];
  if (isAacLc(sound)) return [{ level: "ok", code: "sound_copied", message: "AAC sound is recorded as it is." }];
  return [
    {
      level: "note",
      code: "sound_encoded",
      message: `Sound (${sound.codec}) is recorded as AAC, which costs some computing time; set the camera to AAC to save it.`,
    },
  ];
}
