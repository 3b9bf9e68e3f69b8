import type { NightjarError } from "../base/error.ts";
import type { LiveHead, LivePause } from "../ipc/live-frames.ts";

/** A head with its init segment. `converted`: what of the stream is not as the camera sends it. */
export interface LiveBeginning {
  readonly head: LiveHead;
  readonly init: Buffer;
  readonly converted: "video" | "sound" | null;
}

/** One fragment, whole. It is shared by all who watch and must not be changed. */
export interface LiveFragment {
  readonly bytes: Buffer;
  readonly sync: boolean;
}

/** Who takes what a stream shows. Nothing here may wait. */
export interface LiveListener {
  /** The next fragment belongs to this, and is a sync fragment. */
  began(beginning: LiveBeginning): void;
  fragment(fragment: LiveFragment): void;
  /** No picture comes for now. */
  paused(pause: LivePause): void;
  /** Nothing more comes at all. */
  failed(error: NightjarError): void;
}
