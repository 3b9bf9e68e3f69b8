import { basename, join } from "node:path";
import type { RecordingKind } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import { withUdta } from "../footage/hybrid-mp4.ts";
import type { SegmentChain } from "../footage/segment-chain.ts";
import { SegmentContents } from "../footage/segment-contents.ts";
import { SegmentFile } from "../footage/segment-file.ts";
import { identityUdta, type SegmentIdentity } from "../footage/segment-identity.ts";
import type { SegmentClosed, SegmentOpened } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { partName, segmentName } from "../recording/segment-name.ts";
import { encodeOutline } from "../recording/segment-outline.ts";
import type { DiskQueue } from "./disk-queue.ts";

/** With the quarter of a second that a fragment lasts, a crash loses well less than a second of what was received. */
const GATHER_MS = 200;

export type SegmentOrigin = Omit<SegmentIdentity, "startMs" | "clockSuspect" | "end">;

export interface OpenSegmentOptions {
  readonly folder: string;
  /** Called ahead of the file; where it rejects there is none, and `onFailed` tells. */
  readonly prepare: () => Promise<void>;
  readonly init: StreamInit;
  readonly origin: SegmentOrigin;
  /** Wall time of its first picture; a first guess while `provisional`. */
  readonly startMs: number;
  /** `startMs` is later than it truly was; see `SegmentIdentity`. */
  readonly clockSuspect: boolean;
  /** The run's mapping to wall time has not settled: the file gets its lasting name by `settle`. */
  readonly provisional: boolean;
  readonly syncIntervalMs: number;
  readonly queue: DiskQueue;
  readonly clock: Clock;
  readonly chain: SegmentChain;
  readonly onOpened: (report: SegmentOpened) => void;
  readonly onClosed: (report: SegmentClosed) => void;
  /** So many bytes of footage are written. */
  readonly onWritten: (bytes: number) => void;
  readonly onFailed: (segment: OpenSegment, error: unknown) => void;
}

/** The segment that is being written: takes fragments at once, has the disk follow through the queue. */
export class OpenSegment {
  readonly #options: OpenSegmentOptions;
  readonly #contents: SegmentContents;
  #startMs: number;
  #clockSuspect: boolean;
  #provisional: boolean;
  #name: string;
  #file: SegmentFile | null = null;
  #failed = false;
  #closing = false;
  #lastSyncMs: number;
  #written = { durationMs: 0, sizeBytes: 0 };
  /** What is to be written next, and since when (monotonic). */
  #gathered: { readonly parts: Buffer[]; sizeBytes: number; readonly sinceMs: number } | null = null;

  constructor(options: OpenSegmentOptions) {
    this.#options = options;
    this.#startMs = options.startMs;
    this.#clockSuspect = options.clockSuspect;
    this.#provisional = options.provisional;
    this.#name = options.provisional ? partName(options.origin.runId) : segmentName(options.startMs);
    this.#contents = new SegmentContents(options.init.ftyp, this.#firstMoov(), options.provisional);
    this.#written = { durationMs: 0, sizeBytes: this.#contents.head.length };
    // Cameras that began together must not sync together.
    this.#lastSyncMs = options.clock.monotonicMs() - ((options.origin.cameraId * 997) % options.syncIntervalMs);
    this.#job(async () => {});
  }

  get path(): string {
    return join(this.#options.folder, this.#name);
  }

  get name(): string {
    return this.#name;
  }

  get kind(): RecordingKind {
    return this.#options.origin.kind;
  }

  get number(): number {
    return this.#options.origin.number;
  }

  get provisional(): boolean {
    return this.#provisional;
  }

  get clockSuspect(): boolean {
    return this.#clockSuspect;
  }

  get startMs(): number {
    return this.#startMs;
  }

  /** Wall time behind its last picture, by its own media time. */
  get endMs(): number {
    return Math.round(this.#startMs + this.#contents.videoDurationMs);
  }

  /** Where its first picture lies in the run, milliseconds of media time; null while there is none. */
  get videoStartMs(): number | null {
    return this.#contents.videoStartMs;
  }

  get sizeBytes(): number {
    return this.#contents.endBytes;
  }

  /** What the file will take when it is closed now, within some kilobytes. */
  get closedBytes(): number {
    return this.#contents.closedBytes;
  }

  /** What is on disk: up to the last whole fragment. */
  get written(): {
    readonly name: string;
    readonly start_ms: number;
    readonly end_ms: number;
    readonly size_bytes: number;
  } {
    return {
      name: this.#name,
      start_ms: this.#startMs,
      end_ms: Math.round(this.#startMs + this.#written.durationMs),
      size_bytes: this.#written.sizeBytes,
    };
  }

  /** Fragments are gathered for a moment: each write costs the same, whatever its size. */
  append(fragment: Fragment): void {
    const parts = [fragment.moof, ...fragment.mdat];
    this.#contents.add(fragment.tracks, parts);
    const nowMs = this.#options.clock.monotonicMs();
    this.#gathered ??= { parts: [], sizeBytes: 0, sinceMs: nowMs };
    this.#gathered.parts.push(...parts);
    this.#gathered.sizeBytes += fragment.sizeBytes;
    if (nowMs - this.#gathered.sinceMs >= GATHER_MS) this.flush();
    this.#syncWhenDue();
  }

  /** Writes what is gathered: nothing more comes for now. */
  flush(): void {
    const gathered = this.#gathered;
    if (gathered === null) return;
    this.#gathered = null;
    const after = { durationMs: this.#contents.videoDurationMs, sizeBytes: this.#contents.endBytes };
    this.#job(async (file) => {
      await file.append(gathered.parts);
      this.#written = after;
      this.#options.onWritten(gathered.sizeBytes);
    }, gathered.sizeBytes);
  }

  /** The mapping to wall time has settled: the segment begins at `startMs`, and its file gets the name that says so. */
  settle(startMs: number, clockSuspect: boolean): void {
    this.#startMs = startMs;
    this.#clockSuspect = clockSuspect;
    this.#provisional = false;
    const moov = this.#firstMoov();
    this.#contents.settle(moov);
    this.#job(async (file) => {
      await file.rewrite(moov, this.#contents.head.length - moov.length);
      // After a power cut the file must not tell another start than its name and the ledger do.
      await file.syncData();
      let ordinal = 1;
      while (!(await file.rename(segmentName(startMs, ordinal)))) ordinal += 1;
      this.#name = basename(file.path);
      this.#reportOpened();
    });
  }

  /** What has been appended is on the disk before anything that is asked of it, or of another segment of the camera, from now on. */
  sync(): void {
    this.#lastSyncMs = this.#options.clock.monotonicMs();
    this.#job((file) => file.syncData());
  }

  /** Ends the segment at `endMs`; `onClosed` follows when the file is a closed one on the disk. Nothing may be appended after this; asked twice it does it once. */
  close(endMs: number): void {
    if (this.#closing) return;
    this.#closing = true;
    this.flush();
    if (this.#provisional) this.settle(this.#startMs, this.#clockSuspect);
    this.#job(async (file) => {
      const identity = this.#identity;
      const payloadSha256 = this.#contents.seal();
      const { sizeBytes } = await this.#options.chain.append({ ...identity, payloadSha256 }, (chain) => {
        const end = { endMs, repaired: false, payloadSha256, chain };
        return file.finish(this.#contents.closing({ ...identity, end }), endMs);
      });
      const { runId, number, kind } = identity;
      const outline = encodeOutline(this.#contents.index);
      this.#options.onClosed({
        kind: "segment_closed",
        name: this.#name,
        runId,
        number,
        startMs: this.#startMs,
        endMs,
        sizeBytes,
        state: "closed",
        payloadSha256,
        recordingKind: kind,
        ...(outline === null ? {} : { outline: outline.toString("base64") }),
      });
    });
  }

  get #identity(): Omit<SegmentIdentity, "end"> {
    return { ...this.#options.origin, startMs: this.#startMs, clockSuspect: this.#clockSuspect };
  }

  #firstMoov(): Buffer {
    return withUdta(this.#options.init.moov, identityUdta({ ...this.#identity, end: null }));
  }

  async #create(): Promise<void> {
    await this.#options.prepare();
    let ordinal = 1;
    while (this.#file === null) {
      try {
        this.#file = await SegmentFile.create(this.path, this.#contents.head);
      } catch (error) {
        if (systemErrorCode(error) !== "EEXIST") throw error;
        ordinal += 1;
        this.#name = segmentName(this.#startMs, ordinal);
      }
    }
    if (!this.#options.provisional) this.#reportOpened();
  }

  #reportOpened(): void {
    const { origin } = this.#options;
    this.#options.onOpened({
      kind: "segment_opened",
      name: this.#name,
      runId: origin.runId,
      number: origin.number,
      startMs: this.#startMs,
      recordingKind: origin.kind,
    });
  }

  #syncWhenDue(): void {
    if (this.#options.clock.monotonicMs() - this.#lastSyncMs >= this.#options.syncIntervalMs) this.sync();
  }

  /** Queues a call on the file; after the first that fails nothing more is done to it. */
  #job(call: (file: SegmentFile) => Promise<void>, bytes = 0): void {
    this.#options.queue.add(async () => {
      if (this.#failed) return;
      try {
        if (this.#file === null) await this.#create();
        if (this.#file !== null) await call(this.#file);
      } catch (error) {
        this.#failed = true;
        await this.#file?.abandon().catch(() => {});
        this.#options.onFailed(this, error);
      }
    }, bytes);
  }
}
