import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { waitFor } from "../harness/wait.ts";

export interface ListeningOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** On which it listens, on 127.0.0.1. */
  readonly port: number;
}

/** A server of another's as an ordinary process on this machine. `start` and `kill` as often as wanted. */
export class ListeningProgram {
  readonly #options: ListeningOptions;
  #child: ChildProcess | null = null;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { program, args, environment, port } = this.#options;
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { stdio: "ignore", detached: true, env });
    this.#child = child;
    const answers = async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}.`);
      const socket = connect(port, "127.0.0.1");
      const reached = await once(socket, "connect").then(
        () => true,
        () => undefined,
      );
      socket.destroy();
      return reached;
    };
    await waitFor(`${program} to listen`, answers, { withinMs: 20_000, everyMs: 50 });
  }

  /** As a power cut does, with all that it has started. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }
}
