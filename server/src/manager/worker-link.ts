import { createConnection } from "node:net";
import { LineChannel } from "../ipc/line-channel.ts";
import type { FromWorker, ToWorker } from "../ipc/messages.ts";

export type WorkerChannel = LineChannel<FromWorker, ToWorker>;

export interface LinkListener {
  message(message: FromWorker, channel: WorkerChannel): void;
  closed(): void;
}

/** Connects to a worker's socket; null when nobody listens there. */
export function connectWorker(socketPath: string, listener: LinkListener): Promise<WorkerChannel | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once("error", () => resolve(null));
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      const channel: WorkerChannel = new LineChannel(socket, {
        message: (message: FromWorker) => listener.message(message, channel),
        closed: () => listener.closed(),
      });
      resolve(channel);
    });
  });
}
