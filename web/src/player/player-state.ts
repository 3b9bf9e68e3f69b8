import type { PlaylistForm } from "./playlist-form.ts";
import { FULL_FORM } from "./playlist-form.ts";
import type { Speed } from "./speeds.ts";

/** Something the player tells a person, beside the picture. */
export type PlayerNotice =
  /** There was no footage at `fromMs`: playback goes on at `toMs`. */
  | { readonly kind: "gap-skipped"; readonly fromMs: number; readonly toMs: number }
  /** There is no footage at or after `fromMs`: the newest is shown, which ends at `toMs`. */
  | { readonly kind: "no-later-footage"; readonly fromMs: number; readonly toMs: number }
  /** There is nothing of the kind asked for on this side of `fromMs`. */
  | {
      readonly kind: "none-before" | "none-after";
      readonly what: "segment" | "recording" | "event";
      readonly fromMs: number;
    };

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
  /** This browser cannot play the footage, not even converted. */
  | "codec"
  | "failed";

/** How one camera's picture is doing. */
export interface PlayerState {
  readonly phase: PlayerPhase;
  /** The picture waits for data. */
  readonly stalled: boolean;
  /** The wall time that is being loaded, until its picture is there. */
  readonly targetMs: number | null;
  /** What became of the moment asked for. */
  readonly notice: PlayerNotice | null;
  /** The clock is at a time of which this camera has no footage. */
  readonly absent: boolean;
  readonly form: PlaylistForm;
  readonly error: Error | null;
}

export const INITIAL_STATE: PlayerState = {
  phase: "idle",
  stalled: false,
  targetMs: null,
  notice: null,
  absent: false,
  form: FULL_FORM,
  error: null,
};

/** What a person wants of all pictures together. */
export interface GroupState {
  /** While footage is loaded nothing moves in spite of it. */
  readonly playing: boolean;
  readonly speed: Speed;
  readonly muted: boolean;
  /** Gaps are jumped over; otherwise the clock goes through them. */
  readonly skipGaps: boolean;
  /** The wall time that is being loaded, until its pictures are there. */
  readonly targetMs: number | null;
  /** A hand holds the playhead at this wall time. */
  readonly scrubMs: number | null;
  /** The hand rests: the exact picture is wanted, not only a thumbnail. */
  readonly resting: boolean;
  readonly notice: PlayerNotice | null;
  /** Playback has come to the newest footage and has gone on into live: the clock is now, the players rest. */
  readonly live: boolean;
}

export const INITIAL_GROUP: GroupState = {
  playing: false,
  speed: 1,
  muted: true,
  skipGaps: true,
  targetMs: null,
  scrubMs: null,
  resting: false,
  notice: null,
  live: false,
};

/** What a player cannot do anything about by itself. */
export interface PlayerEvents {
  /** The browser does not play before a person has clicked, at least not with sound. */
  readonly onRefused: () => void;
  /** The browser paused by itself, such as by a key of the keyboard for media. */
  readonly onPaused: () => void;
}
