import type { GapCause } from "@nightjar/api/camera";
import type { LiveBeginning } from "@nightjar/api/live";

/** What a live picture is doing. */
export interface LiveState {
  /**
   * `connecting`: nothing to show yet; `playing`; `stalled`: nothing has come for a while, the last picture stands; `interrupted`: the camera
   * sends none, `cause` says why; `refused`: `message` says why; `unplayable`: not in this browser.
   */
  readonly phase: "connecting" | "playing" | "stalled" | "interrupted" | "refused" | "unplayable";
  readonly cause: GapCause | null;
  /** In the server's words. */
  readonly message: string | null;
  readonly beginning: LiveBeginning | null;
}

export const FIRST_LIVE_STATE: LiveState = { phase: "connecting", cause: null, message: null, beginning: null };
