import { Readable } from "node:stream";
import type { LiveEvent } from "@nightjar/api/live-event";
import { eventRoutes } from "@nightjar/api/routes";
import { mayDo } from "../../../access/principal.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

const HEARTBEAT_MS = 15_000;
/** What may wait for a listener that reads too slowly. Beyond it the stream ends; browsers connect again by themselves and read anew. */
const WAITING_LIMIT_BYTES = 1_048_576;

export function eventStreamRoute(registrar: Registrar, deps: HttpDeps): void {
  const open = new Set<Readable>();
  registrar.app.addHook("preClose", async () => {
    for (const stream of open) stream.destroy();
  });
  register(registrar, eventRoutes.stream, async ({ principal, request, reply }) => {
    const stream = new Readable({ read: () => undefined });
    open.add(stream);
    const stop = deps.events.subscribe(({ tenantId, event }) => {
      if (tenantId !== null && tenantId !== principal.tenantId) return;
      if (event.type.startsWith("export.") && !mayDo(principal, "recordings.export")) return;
      send(stream, eventText(event));
    });
    const stopHeartbeat = keepAlive(stream, deps, request.credential?.token ?? "");
    stream.once("close", () => {
      stop();
      stopHeartbeat();
      open.delete(stream);
    });
    send(stream, eventText({ type: "hello", version: deps.settings.version }));
    reply.type("text/event-stream").headers({ "cache-control": "no-store", "x-accel-buffering": "no" });
    return stream;
  });
}

function eventText(event: LiveEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function send(stream: Readable, text: string): void {
  if (stream.readableEnded || stream.destroyed) return;
  if (stream.readableLength > WAITING_LIMIT_BYTES) stream.destroy();
  else stream.push(text);
}

/** A comment every 15 s, which also finds connections that are gone; ends the stream when its session or token is no longer valid. */
function keepAlive(stream: Readable, deps: HttpDeps, token: string): () => void {
  let cancel = (): void => {};
  const beat = async (): Promise<void> => {
    const principal = await deps.access.authenticate(token).catch(() => undefined);
    if (stream.destroyed) return;
    if (principal === null) {
      stream.push(null);
      return;
    }
    send(stream, ": still here\n\n");
    cancel = deps.clock.after(HEARTBEAT_MS, beat);
  };
  cancel = deps.clock.after(HEARTBEAT_MS, beat);
  return () => cancel();
}
