import { randomUUID } from "node:crypto";
import type { GapCause } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { type AudioChoice, type AudioPlan, audioPlanFor, fallsBack, firstAudioPlan } from "../ffmpeg/audio-plan.ts";
import { classifyFailure, unsupportedCodec } from "../ffmpeg/failure.ts";
import { ingestArguments } from "../ffmpeg/ingest-arguments.ts";
import { InputAnnouncement } from "../ffmpeg/input-announcement.ts";
import { type ProcessEnd, SupervisedProcess } from "../ffmpeg/process.ts";
import { type StreamSource, shownUrl, sourceInput } from "../ffmpeg/source.ts";
import { type Fragment, FragmentReader, type StreamInit } from "../media/isobmff/fragment-reader.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { type Attempt, reconnectDelayMs } from "./reconnect.ts";

/** A camera that sends no picture for this long has stalled, whatever its connection says. */
const STALL_MS = 10_000;
/** Sample entries of H.264 and H.265. */
const RECORDED: ReadonlySet<string> = new Set(["avc1", "avc3", "hvc1"]);

export interface IngestSettings {
  readonly ffmpegPath: string;
  readonly source: StreamSource;
  readonly audio: AudioChoice;
}

/** What listens to a camera. Nothing here may wait: the pipe is read as fast as the camera sends. */
export interface IngestListener {
  runStarted(runId: string, init: StreamInit, audioCodec: string | null): void;
  /** The run goes on with another init (`StreamInit.continues`); the next fragment begins with it. */
  initChanged(init: StreamInit): void;
  fragment(fragment: Fragment, arrivalMs: number): void;
  /** `cause`: what the ledger shall say from here on. */
  runEnded(cause: GapCause): void;
  stateChanged(state: IngestState): void;
}

export interface IngestState {
  readonly connection: "connecting" | "connected" | "offline";
  readonly cause: GapCause | null;
  /** What went wrong last and what to do, while it is not mended. */
  readonly lastError: string | null;
  readonly ffmpegMissing: boolean;
}

interface Session {
  readonly process: SupervisedProcess;
  readonly reader: FragmentReader;
  readonly announcement: InputAnnouncement;
  readonly audio: AudioPlan;
  /** The picture and the sound are made here, not by a camera. */
  readonly synthetic: boolean;
  hadMedia: boolean;
  /** Why we ended it, where it did not end by itself. */
  ended: { readonly cause: GapCause; readonly message: string } | "replan" | "closed" | null;
}

/** Keeps one ffmpeg pulling one camera, and connects again for as long as it is not closed. */
export class Ingest {
  readonly #settings: IngestSettings;
  readonly #listener: IngestListener;
  readonly #clock: Clock;
  readonly #log: Log;
  #session: Session | null = null;
  /** Why it was closed; null while it is not. */
  #closed: GapCause | null = null;
  #audio: AudioPlan;
  #audioFallback: string | null = null;
  #attempt: Attempt;
  #lastLogged: string | null = null;
  #wake: () => void = () => {};
  #cancelWatchdog: () => void = () => {};
  /** Monotonic: when the newest picture came, or ffmpeg was started. */
  #newestMs = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(settings: IngestSettings, listener: IngestListener, clock: Clock, log: Log) {
    this.#settings = settings;
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
    this.#audio = firstAudioPlan(settings.audio);
    this.#attempt = { failingSinceMs: clock.monotonicMs(), cause: null };
  }

  start(): void {
    this.#listener.stateChanged({ connection: "connecting", cause: null, lastError: null, ffmpegMissing: false });
    this.#loop = this.#run();
  }

  /** The codec of the camera's sound, where it was to be copied and MP4 cannot hold it; null otherwise. */
  get audioFallback(): string | null {
    return this.#audioFallback;
  }

  /** Ends the connection; what ffmpeg still holds is delivered first. */
  async close(cause: GapCause): Promise<void> {
    this.#closed = cause;
    this.#wake();
    if (this.#session !== null) {
      this.#session.ended ??= "closed";
      await this.#session.process.stop();
    }
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (this.#closed === null) {
      const session = this.#connect();
      const end = await session.process.ended;
      this.#cancelWatchdog();
      this.#session = null;
      if (session.hadMedia) this.#listener.runEnded(this.#causeOf(session, end));
      if (this.#closed !== null) return;
      if (session.ended === "replan") continue;
      await this.#waitBeforeNext(session, end);
    }
  }

  #connect(): Session {
    const input = sourceInput(this.#settings.source);
    const announcement = new InputAnnouncement();
    const session: Session = {
      reader: new FragmentReader(),
      announcement,
      audio: this.#audio,
      synthetic: input.synthetic,
      hadMedia: false,
      ended: null,
      process: new SupervisedProcess(
        {
          program: this.#settings.ffmpegPath,
          arguments: ingestArguments(input, this.#audio),
          stdin: input.stdin,
          onErrorLine: (line) => {
            announcement.take(line);
            this.#log.debug("ffmpeg", { line });
          },
          onOutput: (chunk) => this.#take(session, chunk),
        },
        this.#clock,
      ),
    };
    this.#session = session;
    session.process.start();
    this.#newestMs = this.#clock.monotonicMs();
    this.#watch(session, STALL_MS);
    return session;
  }

  #take(session: Session, chunk: Buffer): void {
    if (session.ended !== null && session.ended !== "closed") return;
    const arrivalMs = this.#clock.nowMs();
    try {
      for (const part of session.reader.push(chunk)) {
        if (part.kind === "fragment") this.#deliver(session, part, arrivalMs);
        else if (!part.continues) this.#begin(session, part);
        else if (session.hadMedia) this.#listener.initChanged(part);
      }
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.#end(session, {
        cause: "unsupported_stream",
        message: `The stream cannot be read: ${errorMessage(error)}. It is tried again.`,
      });
    }
  }

  #begin(session: Session, init: StreamInit): void {
    const { sampleEntry } = init.video;
    // ffmpeg would put other pictures, such as MJPEG, into MP4 too; no browser plays them.
    if (!RECORDED.has(sampleEntry)) {
      this.#end(session, unsupportedCodec(session.announcement.video?.codec ?? sampleEntry));
      return;
    }
    if (this.#replansAudio(session)) return;
    session.hadMedia = true;
    this.#attempt = { failingSinceMs: null, cause: null };
    this.#lastLogged = null;
    const audioTrack = init.tracks.find((track) => track.kind === "audio");
    this.#listener.runStarted(randomUUID(), init, audioTrack === undefined ? null : cameraSound(session));
    this.#listener.stateChanged({ connection: "connected", cause: null, lastError: null, ffmpegMissing: false });
    this.#log.info("connected", { url: shownUrl(this.#settings.source.url) });
  }

  #deliver(session: Session, fragment: Fragment, arrivalMs: number): void {
    if (!session.hadMedia) return;
    if (fragment.video !== null) this.#newestMs = this.#clock.monotonicMs();
    this.#listener.fragment(fragment, arrivalMs);
  }

  /** `auto` passes AAC-LC through and encodes everything else; which of both is needed is known once the camera has said what it sends. */
  #replansAudio(session: Session): boolean {
    const wanted = this.#wantedAudio(session);
    if (wanted === session.audio) return false;
    this.#audio = wanted;
    session.ended = "replan";
    void session.process.stop();
    return true;
  }

  #wantedAudio(session: Session): AudioPlan {
    const choice = this.#settings.audio;
    const sound = session.announcement.audio;
    if (sound === null || session.synthetic) return session.audio;
    const fallback = fallsBack(choice, sound) ? sound.codec : null;
    if (fallback !== null && fallback !== this.#audioFallback)
      this.#log.warn("the camera's sound does not fit into MP4 as it is and is encoded as AAC", { codec: fallback });
    this.#audioFallback = fallback;
    return audioPlanFor(choice, sound);
  }

  /** Looks in `afterMs` whether the camera has stalled: a timer for each picture would cost more than all else that is done with one. */
  #watch(session: Session, afterMs: number): void {
    this.#cancelWatchdog();
    this.#cancelWatchdog = this.#clock.after(afterMs, () => {
      const leftMs = this.#newestMs + STALL_MS - this.#clock.monotonicMs();
      if (leftMs > 0) this.#watch(session, leftMs);
      else this.#stalled(session);
    });
  }

  #stalled(session: Session): void {
    const seconds = STALL_MS / 1000;
    this.#end(
      session,
      session.hadMedia
        ? {
            cause: "stream_stalled",
            message: `The camera stays connected but has sent no picture for ${seconds} seconds. It is connected to anew.`,
          }
        : {
            cause: "camera_offline",
            message: `The camera did not send a picture within ${seconds} seconds. Is it switched on, and is the address right?`,
          },
    );
  }

  /** Gives a session up. It is said at once: on a dead line ffmpeg takes seconds to end. */
  #end(session: Session, why: { cause: GapCause; message: string }): void {
    if (session.ended !== null) return;
    session.ended = why;
    if (session.hadMedia) this.#listener.runEnded(why.cause);
    session.hadMedia = false;
    this.#listener.stateChanged({
      connection: "offline",
      cause: why.cause,
      lastError: why.message,
      ffmpegMissing: false,
    });
    void session.process.stop();
  }

  async #waitBeforeNext(session: Session, end: ProcessEnd): Promise<void> {
    if (end.startError === null && this.#mendsAudioPlan(session)) return;
    const failure = this.#failureOf(session, end);
    const now = this.#clock.monotonicMs();
    this.#attempt = { failingSinceMs: this.#attempt.failingSinceMs ?? now, cause: failure.cause };
    const failed = { cause: failure.cause, lastError: failure.message, ffmpegMissing: end.startError !== null };
    this.#listener.stateChanged({ connection: "offline", ...failed });
    this.#logOnce(failure.message, {
      cause: failure.cause,
      url: shownUrl(this.#settings.source.url),
      ffmpeg: end.lines.slice(-3).join(" | "),
    });
    const delayMs = reconnectDelayMs(this.#attempt, now, Math.random());
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
      if (this.#closed !== null) this.#wake();
    });
    if (this.#closed === null) this.#listener.stateChanged({ connection: "connecting", ...failed });
  }

  /** A camera that is away is tried every second: only what is new is worth a line. */
  #logOnce(message: string, fields: Record<string, unknown>): void {
    if (this.#lastLogged === message) return;
    this.#lastLogged = message;
    this.#log.warn(message, fields);
  }

  /** ffmpeg could not even begin because the sound does not fit into MP4 as it is: encode it, at once. */
  #mendsAudioPlan(session: Session): boolean {
    if (session.hadMedia || session.ended !== null || session.announcement.audio === null) return false;
    const wanted = this.#wantedAudio(session);
    if (wanted === session.audio) return false;
    this.#audio = wanted;
    return true;
  }

  #causeOf(session: Session, end: ProcessEnd): GapCause {
    if (this.#closed !== null) return this.#closed;
    return session.ended === "replan" ? "restarted" : this.#failureOf(session, end).cause;
  }

  #failureOf(session: Session, end: ProcessEnd): { cause: GapCause; message: string } {
    if (end.startError !== null) {
      return {
        cause: "unknown",
        message: `The program ${this.#settings.ffmpegPath} cannot be run. Install ffmpeg, for example with: apt-get install -y ffmpeg`,
      };
    }
    if (session.ended !== null && typeof session.ended === "object") return session.ended;
    const video = session.announcement.video;
    if (!session.hadMedia && !session.synthetic && video !== null && video.codec !== "h264" && video.codec !== "hevc")
      return unsupportedCodec(video.codec);
    return classifyFailure(end.lines);
  }
}

/** The codec the camera sends its sound in, by ffmpeg's name. */
function cameraSound({ synthetic, announcement }: Session): string {
  return synthetic ? "aac" : (announcement.audio?.codec ?? "aac");
}
