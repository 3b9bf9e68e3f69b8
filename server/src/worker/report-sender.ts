import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { Log } from "../base/log.ts";
import { LineChannel } from "../ipc/line-channel.ts";
import type {
  DeleteAnswer,
  DeleteCommand,
  FromWorker,
  HandOverAt,
  RecordAnswer,
  RecordCommand,
  Report,
  ToWorker,
  WorkerStatus,
} from "../ipc/messages.ts";
import { ReportJournal } from "../ipc/report-journal.ts";

/** A server that does not read is cut off at this; it connects again and gets what it missed. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface ReportSenderOptions {
  readonly socketPath: string;
  readonly journalPath: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly log: Log;
  readonly onSettingsChanged: () => void;
  readonly onRecord: (command: RecordCommand) => RecordAnswer;
  readonly onDelete: (command: DeleteCommand) => Promise<DeleteAnswer>;
  readonly onHandOver: (at: HandOverAt) => void;
}

/** The worker's end of the socket: writes reports down, sends them when the server is there, forgets them when it has committed them. */
export class ReportSender {
  readonly #options: ReportSenderOptions;
  readonly #journal: ReportJournal;
  #server: Server | null = null;
  #channel: LineChannel<ToWorker, FromWorker> | null = null;
  #status: WorkerStatus | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: ReportSenderOptions, journal: ReportJournal) {
    this.#options = options;
    this.#journal = journal;
  }

  /** Opens the journal and listens. A socket file that a killed worker left behind is replaced. */
  static async start(options: ReportSenderOptions): Promise<ReportSender> {
    const sender = new ReportSender(options, await ReportJournal.open(options.journalPath));
    await rm(options.socketPath, { force: true });
    await sender.#listen();
    return sender;
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        this.#channel?.close();
        const channel: LineChannel<ToWorker, FromWorker> = new LineChannel(socket, {
          message: (message) => this.#receive(message),
          closed: () => {
            if (this.#channel === channel) this.#channel = null;
          },
        });
        this.#channel = channel;
        this.#greet(channel);
      });
      this.#server = server;
      server.once("error", reject);
      server.listen(this.#options.socketPath, resolve);
    });
  }

  #greet(channel: LineChannel<ToWorker, FromWorker>): void {
    const { version, startedAtMs } = this.#options;
    channel.send({ type: "hello", workerUuid: this.#journal.workerUuid, pid: process.pid, version, startedAtMs });
    for (const waiting of this.#journal.waiting) channel.send({ type: "report", ...waiting });
    if (this.#status !== null) channel.send({ type: "status", status: this.#status });
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case "acknowledge":
        this.#journal.acknowledge(message.sequence);
        break;
      case "settings_changed":
        this.#options.onSettingsChanged();
        break;
      case "record":
        this.#send({ type: "record_answer", id: message.id, answer: this.#options.onRecord(message.command) });
        break;
      case "delete":
        void this.#options
          .onDelete(message.command)
          .then((answer) => this.#send({ type: "delete_answer", id: message.id, answer }));
        break;
      case "hand_over":
        this.#options.onHandOver(message.at);
        break;
    }
  }

  /** Writes a report down and sends it; the order of the calls is the order of the reports. */
  report(report: Report): void {
    this.#writing = this.#writing.then(async () => {
      const { numbered, written } = this.#journal.append(report);
      try {
        await written;
      } catch (error) {
        // It is kept in memory and sent; only a crash before the server has it could lose it, and repair would find it again.
        this.#options.log.error("a report could not be written down", { error });
      }
      this.#send({ type: "report", ...numbered });
    });
  }

  /** Resolves when all that was reported so far is written down, or will be told in any case. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** The newest status replaces older ones; it is not kept for an absent server. */
  status(status: WorkerStatus): void {
    this.#status = status;
    this.#send({ type: "status", status });
  }

  #send(message: FromWorker): void {
    const channel = this.#channel;
    if (channel === null) return;
    channel.send(message);
    if (channel.waitingBytes > MAX_WAITING_BYTES) channel.close();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#journal.close();
    // First: a server that sees the connection end would connect again, and that one would stay.
    const unheard = new Promise<void>((resolve) =>
      this.#server === null ? resolve() : this.#server.close(() => resolve()),
    );
    await this.#channel?.finish();
    await unheard;
  }
}
