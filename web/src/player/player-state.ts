import type { Speed } from "./speeds.ts";

/** Something the player tells a person, beside the picture. */
export type PlayerNotice =
  /** There was no footage at `fromMs`: playback goes on at `toMs`. */
  | { readonly kind: "gap-skipped"; readonly fromMs: number; readonly toMs: number }
  /** There is no footage at or after `fromMs`: the newest is shown, which ends at `toMs`. */
  | { readonly kind: "no-later-footage"; readonly fromMs: number; readonly toMs: number };

export type PlayerPhase =
  /** Nothing was asked for yet. */
  | "idle"
  /** The camera has no footage at all. */
  | "empty"
  | "loading"
  | "ready"
  /** The newest footage has been shown; more is awaited. */
  | "at-newest"
  /** The server does not answer; it goes on by itself. */
  | "disconnected"
  /** This browser cannot play the footage's codec. */
  | "codec"
  | "failed";

export interface PlayerState {
  readonly phase: PlayerPhase;
  /** What a person wants; while footage is loaded nothing moves in spite of it. */
  readonly playing: boolean;
  /** The picture waits for data. */
  readonly stalled: boolean;
  readonly speed: Speed;
  readonly muted: boolean;
  /** The wall time that is being loaded, until its picture is there. */
  readonly targetMs: number | null;
  readonly notice: PlayerNotice | null;
  readonly error: Error | null;
}

export const INITIAL_STATE: PlayerState = {
  phase: "idle",
  playing: false,
  stalled: false,
  speed: 1,
  muted: true,
  targetMs: null,
  notice: null,
  error: null,
};
