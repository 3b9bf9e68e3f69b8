import { nowMs } from "../time/now.ts";
import { footageBehindMs, newestFootageMs, nextFootage, nextFootageMs } from "./next-footage.ts";
import type { PlayerNotice } from "./player-state.ts";
import type { PlaylistForm } from "./playlist-form.ts";
import { PlaylistSource, type PlaylistSpan } from "./playlist-source.ts";

const HOUR_MS = 3_600_000;

/** What one reading of the playlist covers, so that a click anywhere near is answered without another. */
const WINDOW_MS = 3 * HOUR_MS;

/** Longest span that one playlist grows to while playback goes on; then a new one is begun. */
const WINDOW_MAX_MS = 24 * HOUR_MS;

/** How much of the newest footage is shown to someone who asked for what is not there yet. */
const NEWEST_MS = 5000;

/** A shorter hole is not worth a word. */
const NOTICEABLE_MS = 1000;

/** A person who asks for "now" expects the newest footage; only a wish further ahead gets a word. */
const NEARLY_NOW_MS = 30_000;

/** The newest entry of a playlist that goes on is held back until it is whole: so long, with a GOP of some seconds. */
const HELD_BACK_MS = 20_000;

/** A decoder gives out its last pictures only when more come, or the end is said. */
const DECODER_KEEPS_MS = 1000;

/** Footage is told of before it is in its file. */
const WRITTEN_AFTER_MS = 1000;

const RETRY_MS = 1000;

export interface FootageWindow {
  readonly source: PlaylistSource;
  /** Where to begin: the moment asked for, or the nearest one with footage. */
  readonly atMs: number;
  readonly notice: PlayerNotice | null;
}

/**
 * How much at the end of a playlist, which has footage until `endMs`, comes only with its next entry, seconds of footage; a window that is
 * opened there has it at once. null: nothing more is expected.
 */
export function withheldSeconds({ short }: PlaylistSource, endMs: number | null): number | null {
  if (short) return 0;
  return nowMs() - (endMs ?? 0) < HELD_BACK_MS ? DECODER_KEEPS_MS / 1000 : null;
}

/** The span of the playlist around a moment: from the full hour (or the one before, just after it) on. */
function spanAround(cameraId: number, ms: number): PlaylistSpan {
  const startMs = Math.floor((ms - HOUR_MS / 12) / HOUR_MS) * HOUR_MS;
  return { cameraId, startMs, endMs: startMs + WINDOW_MS };
}

/**
 * Reads the footage at a moment. In a gap it is the next footage, after the newest it is the end of the newest; `notice` says so. null: the
 * camera has no footage there, later or before. Throws `ApiError`.
 */
export async function openWindow(
  cameraId: number,
  ms: number,
  form: PlaylistForm,
  signal: AbortSignal,
): Promise<FootageWindow | null> {
  const near = new PlaylistSource(spanAround(cameraId, ms), form);
  const [next] = await Promise.all([nextFootage(cameraId, ms), near.read(signal)]);
  signal.throwIfAborted();
  if (next !== null) {
    const { startMs: nextMs, endMs } = next;
    const skipped = nextMs - ms >= NOTICEABLE_MS;
    const notice: PlayerNotice | null = skipped ? { kind: "gap-skipped", fromMs: ms, toMs: nextMs } : null;
    const short = await justFilmed(near, nextMs, endMs, signal);
    return short === null ? withSource(near, nextMs, notice, signal) : { source: short, atMs: nextMs, notice };
  }
  const newestMs = await newestFootageMs(cameraId, signal);
  if (newestMs === null) return null;
  const isNews = ms - newestMs >= NEARLY_NOW_MS && nowMs() - newestMs >= NEARLY_NOW_MS;
  const notice: PlayerNotice | null = isNews ? { kind: "no-later-footage", fromMs: ms, toMs: newestMs } : null;
  return withSource(near, newestMs - NEWEST_MS, notice, signal);
}

/**
 * The window around a moment that the playlist has not got yet, or only just, although there is footage of it: up to `footageEndMs`, or what is
 * surely written of that. null: the playlist has it.
 */
async function justFilmed(
  near: PlaylistSource,
  atMs: number,
  footageEndMs: number,
  signal: AbortSignal,
): Promise<PlaylistSource | null> {
  if (nowMs() - atMs > HELD_BACK_MS || (near.coveredToMs ?? 0) > atMs + DECODER_KEEPS_MS) return null;
  const endMs = Math.max(atMs + 1, footageEndMs - WRITTEN_AFTER_MS);
  const source = new PlaylistSource({ ...spanAround(near.cameraId, atMs), endMs, short: true }, near.form);
  await source.read(signal);
  return source.hasFootage ? source : null;
}

async function withSource(
  near: PlaylistSource,
  atMs: number,
  notice: PlayerNotice | null,
  signal: AbortSignal,
): Promise<FootageWindow | null> {
  if (near.startMs <= atMs && atMs < near.endMs && near.hasFootage) return { source: near, atMs, notice };
  const source = new PlaylistSource(spanAround(near.cameraId, atMs), near.form);
  await source.read(signal);
  return source.hasFootage ? { source, atMs, notice } : null;
}

/**
 * Makes a window that is nearly played to its end longer. Answers the moment at which another window must be begun, null when this one goes
 * on or there is nothing more yet. Throws `ApiError`.
 */
export async function extendWindow(source: PlaylistSource): Promise<number | null> {
  const now = nowMs();
  if (source.endMs >= now) return null;
  if (source.short) {
    const behindMs = await footageBehindMs(source.cameraId, source.endMs);
    if (behindMs === null) await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
    return behindMs;
  }
  const nextMs = await nextFootageMs(source.cameraId, source.endMs);
  if (nextMs === null) {
    source.extendTo(now + WINDOW_MS);
    return null;
  }
  if (nextMs + WINDOW_MS - source.startMs > WINDOW_MAX_MS) return nextMs;
  source.extendTo(nextMs + WINDOW_MS);
  return null;
}
