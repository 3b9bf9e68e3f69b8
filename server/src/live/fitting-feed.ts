import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { LiveTranscode } from "../ffmpeg/live-transcode.ts";
import type { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import type { LivePause } from "../ipc/live-frames.ts";
import { codecString } from "../media/codec-string.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { soundPlaysAsItIs } from "../media/sound-codec.ts";
import type { LiveBeginning, LiveFragment, LiveListener } from "./live-listener.ts";
import { ViewerQueue } from "./viewer-queue.ts";

/** An ffmpeg that ends at once is not started again before this. */
const RESTART_MS = 2000;

export interface FittingFeedOptions {
  /** The viewers cannot play H.265. */
  readonly h264: boolean;
  readonly listener: LiveListener;
  readonly ffmpeg: string;
  readonly slots: TranscodeSlots;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes of a stream what its viewers can play: nothing is done to it where they can play it as it is; else video that they cannot decode,
 * or sound that no browser takes, is converted by ffmpeg, once for all of them.
 */
export class FittingFeed implements LiveListener {
  readonly #options: FittingFeedOptions;
  #source: LiveBeginning | null = null;
  #conversion: { readonly transcode: LiveTranscode; readonly queue: ViewerQueue } | null = null;
  #startedMs = Number.NEGATIVE_INFINITY;
  #giveBackSlot: (() => void) | null = null;

  constructor(options: FittingFeedOptions) {
    this.#options = options;
  }

  began(beginning: LiveBeginning): void {
    this.#endConversion();
    this.#source = null;
    if (this.#need(beginning) === null) {
      this.#leaveSlot();
      this.#options.listener.began(beginning);
      return;
    }
    this.#source = beginning;
    this.#startedMs = Number.NEGATIVE_INFINITY;
  }

  fragment(fragment: LiveFragment): void {
    if (this.#source === null) {
      this.#options.listener.fragment(fragment);
      return;
    }
    if (this.#conversion === null && fragment.sync) this.#startConversion(this.#source);
    this.#conversion?.queue.fragment(fragment);
  }

  paused(pause: LivePause): void {
    this.#endConversion();
    this.#source = null;
    this.#options.listener.paused(pause);
  }

  failed(error: NightjarError): void {
    this.close();
    this.#options.listener.failed(error);
  }

  close(): void {
    this.#endConversion();
    this.#source = null;
    this.#leaveSlot();
  }

  #need({ head }: LiveBeginning): { readonly video: boolean; readonly sound: boolean } | null {
    const video = this.#options.h264 && /^(hvc1|hev1)/.test(head.codecs);
    const sound = !soundPlaysAsItIs(head.codecs);
    return video || sound ? { video, sound } : null;
  }

  #startConversion(source: LiveBeginning): void {
    const { clock, ffmpeg, slots, listener, log } = this.#options;
    const need = this.#need(source);
    if (need === null || clock.monotonicMs() - this.#startedMs < RESTART_MS) return;
    try {
      if (need.video) this.#giveBackSlot ??= slots.take();
    } catch (error) {
      if (!(error instanceof NightjarError)) throw error;
      listener.failed(error);
      return;
    }
    this.#startedMs = clock.monotonicMs();
    const transcode: LiveTranscode = new LiveTranscode(
      {
        ffmpeg,
        video: need.video ? "h264" : "copy",
        sound: need.sound ? "aac" : "copy",
        onPart: (part) => {
          if (this.#conversion?.transcode === transcode) this.#pass(part, source, need.video ? "video" : "sound");
        },
        onEnd: (reason) => {
          log.warn("the conversion of a live stream has ended; it begins anew", { reason });
          if (this.#conversion?.transcode === transcode) this.#endConversion();
        },
      },
      clock,
    );
    const queue: ViewerQueue = new ViewerQueue({
      get waitingBytes() {
        return transcode.waitingBytes;
      },
      begin: ({ init }) => transcode.write(init, () => {}),
      send: ({ bytes }) => transcode.write(bytes, () => queue.flush()),
    });
    this.#conversion = { transcode, queue };
    transcode.start();
    queue.began(source);
  }

  #pass(part: StreamInit | Fragment, { head }: LiveBeginning, converted: "video" | "sound"): void {
    const { listener } = this.#options;
    if (part.kind === "fragment") {
      listener.fragment({ bytes: Buffer.concat([part.moof, ...part.mdat], part.sizeBytes), sync: part.sync });
      return;
    }
    const { width, height } = part.video;
    const codecs = part.tracks.map(codecString).join(",");
    const init = Buffer.concat([part.ftyp, part.moov]);
    listener.began({ head: { ...head, codecs, width, height, continues: part.continues }, init, converted });
  }

  #endConversion(): void {
    const conversion = this.#conversion;
    this.#conversion = null;
    conversion?.queue.clear();
    void conversion?.transcode.close();
  }

  #leaveSlot(): void {
    this.#giveBackSlot?.();
    this.#giveBackSlot = null;
  }
}
