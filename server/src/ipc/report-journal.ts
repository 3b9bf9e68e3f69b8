import { randomUUID } from "node:crypto";
import { type FileHandle, open, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import type { Report } from "./messages.ts";

export interface NumberedReport {
  readonly sequence: number;
  readonly report: Report;
}

interface Header {
  readonly workerUuid: string;
  /** The last sequence that was acknowledged when the file was begun. */
  readonly after: number;
}

/** The journal is begun anew once this many of its reports are acknowledged and none waits. */
const CUT_AFTER = 64;

/**
 * A worker's reports until the server has committed them: a file of one header line and one line a report. A report is in the file, and
 * synced, before it is sent; together with its sequence number and the journal's uuid the server takes each exactly once.
 */
export class ReportJournal {
  readonly #path: string;
  #handle: FileHandle;
  readonly workerUuid: string;
  #waiting: NumberedReport[];
  #lastSequence: number;
  #acknowledged: number;
  #inFile: number;
  #tail: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, header: Header, waiting: NumberedReport[]) {
    this.#path = path;
    this.#handle = handle;
    this.workerUuid = header.workerUuid;
    this.#waiting = waiting;
    this.#acknowledged = header.after;
    this.#lastSequence = waiting.at(-1)?.sequence ?? header.after;
    this.#inFile = waiting.length;
  }

  /** Opens the journal of a worker, or begins one. A last line torn by a crash is dropped: it was never sent. */
  static async open(path: string): Promise<ReportJournal> {
    const { header, waiting } = await readJournal(path);
    await begin(path, header, waiting);
    return new ReportJournal(path, await open(path, "a"), header, waiting);
  }

  /** Reports that the server has not acknowledged, oldest first. */
  get waiting(): readonly NumberedReport[] {
    return this.#waiting;
  }

  /** Numbers a report and writes it down; `written` resolves when it would survive a crash. Where that fails it waits in memory. */
  append(report: Report): { readonly numbered: NumberedReport; readonly written: Promise<void> } {
    this.#lastSequence += 1;
    const numbered = { sequence: this.#lastSequence, report };
    return { numbered, written: this.#queue(() => this.#write(numbered)) };
  }

  async #write(numbered: NumberedReport): Promise<void> {
    const { size } = await this.#handle.stat();
    try {
      await this.#handle.appendFile(`${JSON.stringify(numbered)}\n`);
      await this.#handle.datasync();
      this.#inFile += 1;
    } catch (error) {
      // Half a line would swallow the next one.
      await this.#handle.truncate(size);
      throw error;
    } finally {
      // Not before: what waits is sent, and what is sent shall survive a crash.
      this.#waiting.push(numbered);
    }
  }

  /** The server has committed everything up to `sequence`. */
  acknowledge(sequence: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, sequence);
    this.#waiting = this.#waiting.filter((report) => report.sequence > sequence);
    if (this.#waiting.length > 0 || this.#inFile < CUT_AFTER) return;
    void this.#queue(async () => {
      if (this.#waiting.length > 0) return;
      await this.#handle.close();
      await begin(this.#path, { workerUuid: this.workerUuid, after: this.#acknowledged }, []);
      this.#handle = await open(this.#path, "a");
      this.#inFile = 0;
    });
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#handle.close();
  }

  #queue<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(job);
    this.#tail = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

/** What the journal at `path` holds, acknowledged reports too where it was not begun anew since. Changes nothing. */
export async function readJournal(path: string): Promise<{ header: Header; waiting: NumberedReport[] }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return { header: { workerUuid: randomUUID(), after: 0 }, waiting: [] };
  }
  // What stands behind the last line feed was being written when the machine stopped.
  const [first, ...rest] = text.split("\n").slice(0, -1);
  if (first === undefined) return { header: { workerUuid: randomUUID(), after: 0 }, waiting: [] };
  return { header: JSON.parse(first) as Header, waiting: rest.map((line) => JSON.parse(line) as NumberedReport) };
}

/** Writes a fresh journal beside the old one and puts it in its place. */
async function begin(path: string, header: Header, waiting: readonly NumberedReport[]): Promise<void> {
  const lines = [header, ...waiting].map((line) => `${JSON.stringify(line)}\n`);
  await writeFile(`${path}.new`, lines.join(""), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), "r");
  await folder.sync().finally(() => folder.close());
}
