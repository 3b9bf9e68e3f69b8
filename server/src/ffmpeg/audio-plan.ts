import { type AnnouncedStream, isAacLc } from "./stream-line.ts";

/**
 * What happens to the camera's sound: none recorded, passed through as it is (AAC needs something for that), or encoded (`aacSpeech`: the
 * sound of a telephone, which G.711 and G.726 are).
 */
export type AudioPlan = "none" | "copy" | "copyAac" | "aac" | "aacSpeech" | "opus" | "mp3";

/** The setting of a camera. `auto`: AAC-LC passed through, everything else encoded as AAC. */
export interface AudioChoice {
  readonly enabled: boolean;
  readonly codec: "auto" | "aac" | "opus" | "mp3" | "copy";
}

/**
 * What MP4 can hold as it comes; G.711 and G.726 are not among it. Nor is `mp2`, as ffmpeg calls all MPEG audio over RTP (MP3 too, as
 * RFC 2250 does not tell the layer): it does not part packets that carry several frames, and a sample of MP4 is one frame.
 */
const HELD_BY_MP4: ReadonlySet<string> = new Set(["aac", "opus", "mp3", "ac3", "eac3", "alac", "flac"]);

/** The plan for a first connection, when it is not known yet what the camera sends: passing AAC through costs nothing to try. */
export function firstAudioPlan({ enabled, codec }: AudioChoice): AudioPlan {
  if (!enabled) return "none";
  return codec === "auto" || codec === "copy" ? "copyAac" : codec;
}

/** The plan for what the camera says it sends. Pure. */
export function audioPlanFor({ enabled, codec }: AudioChoice, sound: AnnouncedStream): AudioPlan {
  if (!enabled) return "none";
  if (codec === "auto") return isAacLc(sound) ? "copyAac" : aacFor(sound);
  if (codec === "copy" && sound.codec === "aac") return "copyAac";
  if (codec === "copy") return HELD_BY_MP4.has(sound.codec) ? "copy" : aacFor(sound);
  return codec;
}

/** Nothing above 8 kHz in one channel needs no more than half the bits, and takes half the time. */
function aacFor(sound: AnnouncedStream): "aac" | "aacSpeech" {
  const isSpeech = sound.kind === "audio" && sound.sampleRateHz <= 16_000 && sound.channels === 1;
  return isSpeech ? "aacSpeech" : "aac";
}

/** `copy` was asked for, but MP4 cannot hold what comes: it is encoded, and somebody should know. */
export function fallsBack({ enabled, codec }: AudioChoice, sound: AnnouncedStream): boolean {
  return enabled && codec === "copy" && !HELD_BY_MP4.has(sound.codec);
}

type EncoderPlan = Exclude<AudioPlan, "none" | "copy" | "copyAac">;

/** Bit rates are ceilings: an encoder may use less for simple sound. The fast coder takes a fifth less time than ffmpeg's own choice. */
const ENCODERS: Readonly<Record<EncoderPlan, readonly string[]>> = {
  aac: ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k"],
  aacSpeech: ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "64k"],
  opus: ["-c:a", "libopus", "-b:a", "96k"],
  mp3: ["-c:a", "libmp3lame", "-b:a", "128k"],
};

/** ffmpeg's arguments that encode sound. 48 kHz: at 8 kHz a frame of 1024 samples would hold every picture back by 480 ms. */
export function encoderArguments(plan: EncoderPlan): string[] {
  return [...ENCODERS[plan], "-ar", "48000"];
}
