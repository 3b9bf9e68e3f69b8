// Long because the life of a worker is told in one place.

import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CameraStatus } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { replaceFile } from "../base/replace-file.ts";
import type { Turns } from "../base/turns.ts";
import type {
  DeleteAnswer,
  DeleteCommand,
  FromWorker,
  RecordAnswer,
  RecordCommand,
  WorkerSettings,
  WorkerStatus,
} from "../ipc/messages.ts";
import { workerName } from "../ipc/messages.ts";
import { forCallers, NOTHING_KNOWN } from "./known-status.ts";
import { Questions } from "./questions.ts";
import { replaceWorker } from "./replace-worker.ts";
import { PARKED_FROM, restartDelayMs } from "./restart-delay.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";
import { connectWorker, type WorkerChannel } from "./worker-link.ts";

/** A worker listens on its socket within this after its start, or it is taken for failed. */
const CONNECT_WITHIN_MS = 20_000;
const CONNECT_RETRY_MS = 100;
/** A catalog that does not answer is asked again after this. */
const REPORT_RETRY_MS = 1000;
/** Whoever takes a connection and does not greet within this has stopped working. */
const GREETING_WITHIN_MS = 5000;
const ANSWER_WITHIN_MS = 3000;
/** Large files on a busy disk take their time. */
const DELETED_WITHIN_MS = 120_000;
/** A worker that lived this long after its greeting did not fail on start; its failure is a first one again. */
const STEADY_AFTER_MS = 10_000;

export interface SupervisedCameraOptions {
  readonly settings: WorkerSettings;
  readonly workersFolder: string;
  readonly runFolder: string;
  readonly keyFile: string;
  readonly version: string;
  readonly backend: WorkerBackend;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits its turn: only so many workers start in a second. */
  readonly turn: () => Promise<void>;
  /** Replacing a worker takes twice the memory and a second connection to the camera. */
  readonly replacing: Turns;
  readonly onReport: (message: Extract<FromWorker, { type: "report" }>, workerUuid: string) => Promise<void>;
  readonly onStatus: () => void;
}

interface Worker {
  readonly pid: number;
  readonly startedAtMs: number;
  readonly version: string;
  readonly channel: WorkerChannel;
}

const PARKED = "after so many failures in a row it is tried every five minutes, and at once when the camera is changed";

/** How a worker's life ended, in words that go behind "the worker", and whether it had gone on for a while. */
interface Life {
  readonly ending: string;
  readonly steady: boolean;
  /** Another one is there already. */
  readonly replaced?: boolean;
}

interface Link {
  readonly worker: Worker;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
}

/**
 * One camera's worker as the server sees it: found again or started, connected to, restarted when it dies, told of changed settings,
 * stopped when the camera is no longer wanted.
 */
export class SupervisedCamera {
  readonly #options: SupervisedCameraOptions;
  readonly name: string;
  #settings: WorkerSettings;
  #worker: Worker | null = null;
  /** The worker's process in its newest life, which may be over. */
  #process: RunningWorker | null = null;
  #status: WorkerStatus | null = null;
  #restarts = 0;
  #failuresInARow = 0;
  #lastFailure: string | null = null;
  #stopping = false;
  #releasing = false;
  #running: Promise<void> = Promise.resolve();
  #reports: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  /** The connection on which a report could not be taken. */
  #refused: WorkerChannel | null = null;
  readonly #wishes: Questions<RecordAnswer>;
  readonly #deletions: Questions<DeleteAnswer>;
  readonly #ending = new AbortController();
  /** Whether the worker has handed over to another one. */
  #replacement: Promise<boolean> | null = null;
  #versionReplaced = false;
  #successor: RunningWorker | null = null;

  constructor(options: SupervisedCameraOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#wishes = new Questions(options.clock, ANSWER_WITHIN_MS);
    this.#deletions = new Questions(options.clock, DELETED_WITHIN_MS);
    this.name = workerName(options.settings.tenantId, options.settings.cameraId);
  }

  start(): void {
    this.#running = this.#run();
  }

  get settings(): WorkerSettings {
    return this.#settings;
  }

  get workerStatus(): WorkerStatus | null {
    return this.#status;
  }

  /** Set after the worker has died, until it lives again. */
  get failure(): { readonly inARow: number; readonly reason: string } | null {
    return this.#lastFailure === null ? null : { inARow: this.#failuresInARow, reason: this.#lastFailure };
  }

  /** It failed so often as soon as it was started that it is only tried now and then. */
  get #parked(): boolean {
    return this.#lastFailure !== null && this.#failuresInARow >= PARKED_FROM;
  }

  /** The camera's status, worker included. */
  get status(): CameraStatus {
    const worker = this.#worker;
    const known = this.#status ?? NOTHING_KNOWN;
    return {
      ...forCallers(known),
      ...(worker === null && this.#lastFailure !== null
        ? { connection: "offline" as const, cause: "worker_crashed" as const, last_error: this.#lastFailure }
        : {}),
      camera_id: this.#settings.cameraId,
      last_frame_at: known.last_frame_ms === null ? null : new Date(known.last_frame_ms).toISOString(),
      worker: {
        name: this.name,
        pid: worker?.pid ?? null,
        restarts: this.#restarts,
        parked: this.#parked,
        started_at: worker === null ? null : new Date(worker.startedAtMs).toISOString(),
      },
    };
  }

  /** Hands changed settings to the worker; nothing happens when they are the same. */
  async update(settings: WorkerSettings): Promise<void> {
    if (isDeepStrictEqual(settings, this.#settings)) return;
    this.#settings = settings;
    await this.#writeSettings();
    this.#worker?.channel.send({ type: "settings_changed" });
    if (!this.#parked) return;
    // What was changed may be what it failed on.
    this.#failuresInARow = 0;
    this.#wake();
  }

  /** Passes a person's wish on; null when the worker does not answer. */
  async record(command: RecordCommand): Promise<RecordAnswer | null> {
    const worker = this.#worker;
    return worker && this.#wishes.ask((id) => worker.channel.send({ type: "record", id, command }));
  }

  /** Has the worker delete segments; null when it does not answer: what became of them its reports tell. */
  async delete(command: DeleteCommand): Promise<DeleteAnswer | null> {
    const worker = this.#worker;
    return worker && this.#deletions.ask((id) => worker.channel.send({ type: "delete", id, command }));
  }

  /** Stops the worker, every open segment closed, and waits until it is gone and its last reports are taken. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#ending.abort();
    this.#wake();
    // The other way round, one that stands by would take over.
    await this.#replacement;
    await this.#successor?.end();
    await this.#process?.end();
    await this.#running;
    await this.#reports;
  }

  /** Lets go of the worker, which goes on by itself until a server finds it again. */
  async release(): Promise<void> {
    this.#stopping = true;
    this.#releasing = true;
    this.#ending.abort();
    this.#wake();
    await this.#replacement;
    this.#worker?.channel.close();
    await this.#running;
    await this.#reports;
  }

  get #folder(): string {
    return join(this.#options.workersFolder, this.name);
  }

  get #socketPath(): string {
    return join(this.#options.runFolder, `${this.name}.sock`);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const life: Life = await this.#live().catch((error: unknown) => ({
        ending: `could not be started: ${errorMessage(error)}`,
        steady: false,
      }));
      if (this.#stopping) return;
      if (life.replaced) continue;
      this.#restarts += 1;
      this.#failuresInARow = life.steady ? 1 : this.#failuresInARow + 1;
      const next = this.#failuresInARow >= PARKED_FROM ? PARKED : "it is started again";
      this.#lastFailure = `The worker of this camera ${life.ending}; ${next}.`;
      this.#status = null;
      const fields = { worker: this.name, reason: life.ending, inARow: this.#failuresInARow };
      this.#options.log.warn(this.#parked ? "a worker is parked" : "a worker is restarted", fields);
      this.#options.onStatus();
      // Whatever else would start it again must not.
      if (this.#parked) await this.#process?.end();
      await this.#pause(restartDelayMs(this.#failuresInARow));
    }
  }

  /** One life of the worker, from finding or starting it to its end. */
  async #live(): Promise<Life> {
    await this.#writeSettings().catch((error: unknown) =>
      this.#options.log.error("a worker's settings cannot be written", { worker: this.name, error }),
    );
    const found = await this.#connect();
    if (found !== null) return this.#followFound(found);
    await this.#options.turn();
    if (this.#stopping) return { ending: "was not wanted any more", steady: true };
    const started = await this.#options.backend.start(this.name, this.#workerArguments());
    this.#process = started;
    const link = await this.#connectWithin(CONNECT_WITHIN_MS, () => started.gone() || this.#stopping);
    if (link !== null) return this.#follow(link, started);
    const ending = started.gone()
      ? await started.ending()
      : `did not answer within ${CONNECT_WITHIN_MS / 1000} seconds`;
    if (!this.#releasing) await started.end();
    return { ending, steady: false };
  }

  #followFound(link: Link): Promise<Life> {
    const found = this.#options.backend.found(this.name, link.worker.pid);
    this.#process = found;
    this.#options.log.info("a running worker was found again", { worker: this.name, pid: link.worker.pid });
    // It may have missed changes while no server was there.
    link.worker.channel.send({ type: "settings_changed" });
    // Only once: what is started from here is of the version that is installed, whichever this server is of.
    const isOther = link.worker.version !== this.#options.version && !this.#versionReplaced;
    if (isOther || found.interim) this.#replacement = this.#replace(found);
    this.#versionReplaced ||= isOther;
    return this.#follow(link, found);
  }

  #replace(predecessor: RunningWorker): Promise<boolean> {
    const { signal } = this.#ending;
    const replace = () =>
      replaceWorker({
        ...this.#options,
        name: this.name,
        workerArguments: this.#workerArguments(),
        folder: this.#folder,
        predecessor,
        handOver: (at) => this.#worker?.channel.send({ type: "hand_over", at }),
        onSuccessor: (successor) => {
          this.#successor = successor;
        },
        signal,
      });
    return this.#options.replacing.run(signal, replace).catch(() => false);
  }

  /** Stays with a worker until it is gone or let go. A connection that ends before, such as one with a report that could not be taken, is made anew. */
  async #follow(first: Link, worker: RunningWorker): Promise<Life> {
    const greetedMs = this.#options.clock.monotonicMs();
    let link: Link | null = first;
    // Found only after `stop` or `release` had nothing to end or to let go of.
    if (this.#releasing) first.worker.channel.close();
    else if (this.#stopping) void worker.end();
    while (link !== null) {
      await link.closed;
      link = await this.#connectWithin(CONNECT_WITHIN_MS, () => worker.gone() || this.#stopping);
    }
    const steady = this.#options.clock.monotonicMs() - greetedMs > STEADY_AFTER_MS;
    if (this.#releasing) return { ending: "was let go", steady };
    if (worker.gone() && (await this.#replacement)) return { ending: "was replaced", steady, replaced: true };
    const ending = worker.gone() ? await worker.ending() : "did not answer any more";
    if (!worker.gone()) await worker.end();
    return { ending, steady };
  }

  #workerArguments(): string[] {
    return [
      "worker",
      ...["--settings", join(this.#folder, "settings.json")],
      ...["--journal", join(this.#folder, "reports.jsonl")],
      ...["--socket", this.#socketPath, "--key", this.#options.keyFile],
    ];
  }

  async #connectWithin(withinMs: number, givenUp: () => boolean): Promise<Link | null> {
    const untilMs = this.#options.clock.monotonicMs() + withinMs;
    while (!givenUp() && this.#options.clock.monotonicMs() < untilMs) {
      const link = await this.#connect();
      if (link !== null) return link;
      await this.#pause(CONNECT_RETRY_MS);
    }
    return null;
  }

  /** Connects to whoever listens on the worker's socket and waits for its greeting; null when nobody does. */
  async #connect(): Promise<Link | null> {
    let greeted: (worker: Worker | null) => void = () => {};
    const greeting = new Promise<Worker | null>((resolve) => {
      greeted = resolve;
    });
    let uuid = "";
    let ended = (): void => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const channel = await connectWorker(this.#socketPath, {
      message: (message, own) => {
        if (message.type !== "hello") return this.#receive(message, uuid, own);
        const { pid, startedAtMs, workerUuid, version } = message;
        this.#worker = { pid, startedAtMs, version, channel: own };
        uuid = workerUuid;
        greeted(this.#worker);
      },
      closed: () => {
        greeted(null);
        this.#worker = null;
        this.#deletions.giveUp();
        ended();
      },
    });
    if (channel === null) return null;
    const cancel = this.#options.clock.after(GREETING_WITHIN_MS, () => channel.close());
    const worker = await greeting;
    cancel();
    if (worker === null) return null;
    this.#lastFailure = null;
    return { worker, closed };
  }

  #receive(message: Exclude<FromWorker, { type: "hello" }>, workerUuid: string, channel: WorkerChannel): void {
    if (message.type === "status") {
      this.#status = message.status;
      this.#options.onStatus();
      return;
    }
    if (message.type === "record_answer") {
      this.#wishes.answered(message.id, message.answer);
      return;
    }
    if (message.type === "delete_answer") {
      this.#deletions.answered(message.id, message.answer);
      return;
    }
    this.#reports = this.#reports.then(async () => {
      // The reports behind one that was not taken come again behind it: taken now, they would make it look taken too.
      if (this.#refused === channel) return;
      try {
        await this.#options.onReport(message, workerUuid);
        channel.send({ type: "acknowledge", sequence: message.sequence });
      } catch (error) {
        // Without its acknowledgement the worker sends it again when it is connected to anew.
        this.#refused = channel;
        this.#options.log.error("a report could not be taken; it comes again", { worker: this.name, error });
        await this.#pause(REPORT_RETRY_MS);
        channel.close();
      }
    });
  }

  /** Waits, but not beyond `stop`. */
  async #pause(delayMs: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Written beside and renamed: the worker never reads half of it. It holds no password in the clear, and is for this user only. */
  async #writeSettings(): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    const text = `${JSON.stringify(this.#settings, null, 2)}\n`;
    await replaceFile(join(this.#folder, "settings.json"), text, { durable: true });
  }
}
