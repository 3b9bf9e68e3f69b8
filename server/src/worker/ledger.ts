import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import {
  type LedgerEntry,
  type LedgerState,
  ledgerFileName,
  ledgerLine,
  parseLedgerLine,
  sameState,
} from "../recording/ledger.ts";

/** A folder that cannot be written is tried again after this; until then the entries wait in memory (the server has them already). */
const RETRY_MS = 2000;
/** What an earlier worker wrote down last it may not have told the server any more: more is not written at once. */
const TOLD_AGAIN = 5;
/** What is told of an instant this much before what is accounted for already was seen by a clock that had been set back. */
const SUSPECT_MS = 60_000;

export interface LedgerOptions {
  /** `<segments of the camera>/ledger`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: (entry: LedgerEntry) => void;
  /** Rejects where nothing may be written now: its volume is away. */
  readonly mayWrite?: () => Promise<void>;
}

/**
 * A camera's ledger: what holds from which instant on, written down when it is seen. Entries only ever move forward in time, so the spans
 * between them account for every instant exactly once.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  #last: LedgerEntry | null;
  #unwritten: LedgerEntry[] = [];
  /** So many of these the server has been told. */
  #toldAhead = 0;
  #writing: Promise<void> = Promise.resolve();
  #complained = false;
  #closed = false;
  /** The newest file ends in the middle of a line. */
  #torn: boolean;

  private constructor(options: LedgerOptions, left: Left) {
    this.#options = options;
    this.#last = left.newest.at(-1) ?? null;
    this.#torn = left.torn;
  }

  /** Opens the ledger where an earlier worker left it. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const left = await readNewest(options.folder);
    for (const entry of left.newest) options.report(entry);
    return new Ledger(options, left);
  }

  get last(): LedgerEntry | null {
    return this.#last;
  }

  /**
   * From `atMs` on, `state` holds; by the clock it is `trueMs`. An instant before the newest entry is moved up to it: what was told once
   * stays told. The same state again changes nothing.
   */
  note(atMs: number, state: LedgerState, trueMs = atMs): void {
    const last = this.#last;
    if (last !== null && sameState(last.state, state)) return;
    const told = Math.max(Math.round(atMs), last?.atMs ?? 0);
    const suspect = told - trueMs > SUSPECT_MS ? { trueMs: Math.round(trueMs) } : {};
    const entry = { atMs: told, state, ...suspect };
    this.#last = entry;
    this.#unwritten.push(entry);
    this.#writeSoon();
  }

  async close(): Promise<void> {
    this.#writeSoon();
    await this.#writing;
    this.#closed = true;
  }

  #writeSoon(): void {
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const entries = [...this.#unwritten];
    if (entries.length === 0) return;
    try {
      await this.#options.mayWrite?.();
      await append(this.#options.folder, entries, this.#torn);
      this.#torn = false;
      this.#tell(entries);
      this.#unwritten = this.#unwritten.slice(entries.length);
      this.#toldAhead -= entries.length;
      this.#complained = false;
    } catch (error) {
      this.#tell(entries);
      if (!this.#complained)
        this.#options.log.warn("the ledger cannot be written now; it is kept until it can", { error });
      this.#complained = true;
      if (!this.#closed) this.#options.clock.after(RETRY_MS, () => this.#writeSoon());
    }
  }

  /** After the disk has it, where that can be: over a power cut the server must not know of what the ledger then does not. */
  #tell(entries: readonly LedgerEntry[]): void {
    for (const entry of entries.slice(this.#toldAhead)) this.#options.report(entry);
    this.#toldAhead = Math.max(this.#toldAhead, entries.length);
  }
}

async function append(folder: string, entries: readonly LedgerEntry[], torn: boolean): Promise<void> {
  await makeFolder(folder);
  const byFile = new Map<string, string>();
  for (const entry of entries) {
    const name = ledgerFileName(entry.atMs);
    byFile.set(name, (byFile.get(name) ?? (torn ? "\n" : "")) + ledgerLine(entry));
  }
  for (const [name, lines] of byFile) {
    const handle = await open(join(folder, name), "a");
    try {
      await handle.appendFile(lines);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}

interface Left {
  /** The newest entries, oldest first. */
  readonly newest: readonly LedgerEntry[];
  readonly torn: boolean;
}

async function readNewest(folder: string): Promise<Left> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".jsonl")).sort();
  let torn = false;
  for (const name of names.reverse()) {
    const text = await readFile(join(folder, name), "utf8");
    torn ||= text !== "" && !text.endsWith("\n");
    const entries = text
      .split("\n")
      .map(parseLedgerLine)
      .filter((parsed) => parsed !== null);
    if (entries.length > 0) return { newest: entries.slice(-TOLD_AGAIN), torn };
  }
  return { newest: [], torn };
}
