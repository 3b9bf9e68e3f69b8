import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { Clock } from "../base/clock.ts";

/** How long a program is given to end by itself before it is killed. */
const KILL_AFTER_MS = 3000;
const KEPT_LINES = 40;

export interface ProcessOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Written to its standard input, which is then closed; null: it stays open for `write`. */
  readonly stdin: string | Buffer | null;
  /** 0 to 19: how far others go before it; as its parent where not said. */
  readonly niceness?: number;
  readonly onOutput: (chunk: Buffer) => void;
  readonly onErrorLine: (line: string) => void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Its last lines on standard error. */
  readonly lines: readonly string[];
  /** Set when it could not be started at all, e.g. `ENOENT`. */
  readonly startError: Error | null;
}

/** One run of ffmpeg: started by `start`, ended by itself or by `stop`; `ended` answers once, and never throws. */
export class SupervisedProcess {
  readonly #options: ProcessOptions;
  readonly #clock: Clock;
  #child: ChildProcess | null = null;
  #lines: string[] = [];
  readonly ended: Promise<ProcessEnd>;
  #resolveEnded: (end: ProcessEnd) => void = () => {};

  constructor(options: ProcessOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    const { program, stdin, niceness, onOutput, onErrorLine } = this.#options;
    const child = spawn(program, [...this.#options.arguments], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    let startError: Error | null = null;
    child.once("error", (error) => {
      startError = error;
      if (child.pid === undefined) this.#resolveEnded({ code: null, signal: null, lines: [], startError });
    });
    // At once: threads that it starts later have the priority of its first.
    if (niceness !== undefined && child.pid !== undefined) lowerPriority(child.pid, niceness);
    // It may end before it has read its input; that is told by its exit.
    child.stdin.on("error", () => {});
    if (stdin !== null) child.stdin.end(stdin);
    child.stdout.on("data", onOutput);
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      onErrorLine(line);
    });
    child.once("close", (code, signal) => this.#resolveEnded({ code, signal, lines: this.#lines, startError }));
  }

  /** Bytes that it has not read yet. */
  get unreadBytes(): number {
    return this.#child?.stdin?.writableLength ?? 0;
  }

  /** Writes to its standard input; `done` is called when it has taken the bytes, or never will. */
  write(bytes: Buffer, done: () => void): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable) stdin.write(bytes, () => done());
    else done();
  }

  /** Asks it to end, kills it when it does not, and waits until it has ended. */
  async stop(): Promise<ProcessEnd> {
    const child = this.#child;
    if (child === null || child.pid === undefined) {
      this.#resolveEnded({ code: null, signal: null, lines: this.#lines, startError: null });
      return this.ended;
    }
    child.kill("SIGTERM");
    const cancelKill = this.#clock.after(KILL_AFTER_MS, () => child.kill("SIGKILL"));
    const end = await this.ended;
    cancelKill();
    return end;
  }
}

/** A program that has ended already needs none. */
function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {}
}
