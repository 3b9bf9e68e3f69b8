import type { LiveBeginning as BeginningMessage, LiveInterruption } from "@nightjar/api/live";
import { liveRoutes } from "@nightjar/api/routes";
import type { WebSocket } from "ws";
import { mayDo, type Principal } from "../../../access/principal.ts";
import type { NightjarError } from "../../../base/error.ts";
import type { LiveBeginning, LiveListener } from "../../../live/live-listener.ts";
import { ViewerQueue } from "../../../live/viewer-queue.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, registerWebSocket } from "../../register.ts";

/** How often a viewer is asked whether it is still there, and whether it still may watch. */
const BEAT_MS = 5000;
/** Nothing is awaited from a viewer but answers to that; close codes are those of RFC 6455, 7.4, and of HTTP as 4000 + status. */
const MAY_NOT_WATCH = 4401;
const TRY_AGAIN_LATER = 1013;

export function liveRoute(registrar: Registrar, deps: HttpDeps): void {
  registerWebSocket(registrar, liveRoutes.live, async ({ principal, params, query, request }) => {
    const camera = await cameraOf(deps, principal, params.id);
    const token = request.credential?.token ?? "";
    const wanted = { stream: query.stream, h264: query.video === "h264" };
    return (socket) => {
      const viewer = viewerOf(socket, deps);
      const stopWatching = deps.live.watch(camera, wanted, viewer);
      const stopBeat = keepUp(socket, deps, () => stillMayWatch(deps, token, principal, camera.id));
      socket.once("close", () => {
        stopWatching();
        stopBeat();
      });
    };
  });
}

/** Puts a stream on a WebSocket: a text and an init, then a message for each fragment. */
function viewerOf(socket: WebSocket, { clock }: HttpDeps): LiveListener {
  const tell = (message: BeginningMessage | LiveInterruption): void => socket.send(JSON.stringify(message));
  const queue: ViewerQueue = new ViewerQueue({
    get waitingBytes() {
      return socket.bufferedAmount;
    },
    begin(beginning) {
      tell(beginningMessage(beginning, clock.nowMs()));
      socket.send(beginning.init);
    },
    send: ({ bytes }) => socket.send(bytes, () => queue.flush()),
  });
  return {
    began: (beginning) => queue.began(beginning),
    fragment: (fragment) => queue.fragment(fragment),
    paused: ({ connection, cause }) => {
      queue.clear();
      tell({ connection, cause });
    },
    failed: (error) => end(socket, error),
  };
}

function beginningMessage({ head, converted }: LiveBeginning, nowMs: number): BeginningMessage {
  const { codecs, width, height, stream, continues } = head;
  return { codecs, width, height, stream, continues, converted, time: new Date(nowMs).toISOString() };
}

function end(socket: WebSocket, { code, message }: NightjarError): void {
  socket.send(JSON.stringify({ error: { code, message } }));
  socket.close(TRY_AGAIN_LATER, code);
}

/** Whoever has signed out, lost the permission, or whose camera was removed does not go on watching. */
async function stillMayWatch(deps: HttpDeps, token: string, before: Principal, cameraId: number): Promise<boolean> {
  const principal = await deps.access.authenticate(token).catch(() => before);
  if (principal === null || !mayDo(principal, "recordings.view")) return false;
  return cameraOf(deps, before, cameraId).then(
    () => true,
    (error: NightjarError) => error.code !== "not_found",
  );
}

function keepUp(socket: WebSocket, { clock }: HttpDeps, mayWatch: () => Promise<boolean>): () => void {
  let answered = true;
  let stopped = false;
  let cancel = (): void => {};
  socket.on("pong", () => {
    answered = true;
  });
  const beat = async (): Promise<void> => {
    const allowed = await mayWatch();
    if (stopped) return;
    if (!allowed) return socket.close(MAY_NOT_WATCH, "signed out");
    // One who reads too slowly answers late, and is no less there for it.
    if (!answered && socket.bufferedAmount === 0) return socket.terminate();
    answered = false;
    socket.ping();
    cancel = clock.after(BEAT_MS, beat);
  };
  cancel = clock.after(BEAT_MS, beat);
  return () => {
    stopped = true;
    cancel();
  };
}
