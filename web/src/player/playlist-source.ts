import { ApiError, routeUrl } from "@nightjar/api/client";
import { recordingRoutes } from "@nightjar/api/routes";
import { fetchMedia } from "../api/media.ts";
import { nowMs } from "../time/now.ts";
import type { PlaylistForm } from "./playlist-form.ts";

/** The open segment grows by an entry every few seconds; asking more often than this would be polling. */
const REFRESH_MS = 5000;

/** How far before its end a playlist that may have grown is read again. */
const NEAR_END_SECONDS = 30;

export interface PlaylistSpan {
  readonly cameraId: number;
  readonly startMs: number;
  readonly endMs: number;
  /**
   * Ends where it ends, in what has only just been filmed: it holds the last fragments that a playlist which goes on has not got yet, since
   * its entries must be whole.
   */
  readonly short?: boolean;
}

/**
 * The playlist of one camera that the player sees as one that grows. The player asks for it again every few seconds, and is answered from
 * memory, unless the playhead comes near the end and there may be more: then the same span, or a longer one, is read from the server. So
 * playback goes on over hours without a new source, and nothing is asked for while nothing is needed.
 */
export class PlaylistSource {
  readonly cameraId: number;
  readonly startMs: number;
  readonly form: PlaylistForm;
  readonly short: boolean;
  #endMs: number;
  #text = "";
  #growing = false;
  #stale = false;
  #readAtMs = 0;
  /** Media seconds between playhead and end, as the player last said. */
  #remainingSeconds = Number.POSITIVE_INFINITY;

  constructor(span: PlaylistSpan, form: PlaylistForm) {
    this.cameraId = span.cameraId;
    this.startMs = span.startMs;
    this.form = form;
    this.short = span.short ?? false;
    this.#endMs = span.endMs;
  }

  get endMs(): number {
    return this.#endMs;
  }

  /** Whether the playlist has footage at all; without, a player must not be given it. */
  get hasFootage(): boolean {
    return this.#text.includes("#EXTINF");
  }

  /** Wall time up to which it has footage; null where it has none. */
  get coveredToMs(): number | null {
    let atMs: number | null = null;
    for (const line of this.#text.split("\n")) {
      const [, tag, value = ""] = /^#(EXT-X-PROGRAM-DATE-TIME|EXTINF):([^,]*)/.exec(line) ?? [];
      if (tag === "EXT-X-PROGRAM-DATE-TIME") atMs = Date.parse(value);
      else if (tag === "EXTINF" && atMs !== null) atMs += Number(value) * 1000;
    }
    return atMs;
  }

  get url(): string {
    return routeUrl(recordingRoutes.playlist, {
      query: {
        camera_id: this.cameraId,
        start: new Date(this.startMs).toISOString(),
        end: new Date(this.#endMs).toISOString(),
        ...(this.form.variant === "full" ? {} : { variant: this.form.variant }),
        ...(this.form.variant === "sync" ? { speed: this.form.pace } : {}),
      },
    });
  }

  /** Reads the playlist. Throws `ApiError`. */
  async read(signal?: AbortSignal): Promise<void> {
    this.#readAtMs = nowMs();
    this.#stale = false;
    // A span without footage has no playlist: that is an answer, not a failure.
    const text = await fetchMedia(this.url, signal).then(
      (response) => response.text(),
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return "";
        throw error;
      },
    );
    this.#growing = !text.includes("#EXT-X-ENDLIST");
    // Without the end's mark a browser does not show the very last frames.
    this.#text = this.short ? text : text.replace(/^#EXT-X-ENDLIST.*$/m, "");
  }

  /** From now on the playlist reaches to `endMs`; it is read at the player's next request. */
  extendTo(endMs: number): void {
    if (endMs <= this.#endMs) return;
    this.#endMs = endMs;
    this.#stale = true;
  }

  /** There is footage that the playlist does not have yet. */
  noticeNewFootage(): void {
    this.#growing = true;
  }

  noticeRemaining(seconds: number): void {
    this.#remainingSeconds = seconds;
  }

  /** What the player gets. A failed reading is no loss: it keeps what it has, and asks again soon. */
  async forPlayer(): Promise<string> {
    const mayHaveGrown = this.#growing && this.#remainingSeconds < NEAR_END_SECONDS;
    if (this.#stale || (mayHaveGrown && nowMs() - this.#readAtMs >= REFRESH_MS)) {
      await this.read().catch(() => {
        this.#growing = true;
      });
    }
    return this.#text;
  }
}
