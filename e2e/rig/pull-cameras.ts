import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { waitFor } from "../harness/wait.ts";
import type { Certificate } from "./certificate.ts";
import type { Scene } from "./scene.ts";

/** A camera that is pulled over something other than RTSP. */
export interface PullCamera {
  readonly url: string;
  stop(): Promise<void>;
}

export interface HttpCameraOptions {
  readonly scene: Scene;
  /** `mjpeg`: pictures one after the other (multipart), as cameras offer for web pages. */
  readonly format: "mpegts" | "mp4" | "mjpeg";
  readonly tls?: Certificate;
  /** Asks for it by basic authentication. */
  readonly auth?: { readonly username: string; readonly password: string };
}

const FORMATS = {
  mpegts: { type: "video/mp2t", output: ["-c", "copy", "-f", "mpegts"] },
  mp4: { type: "video/mp4", output: ["-c", "copy", "-movflags", "frag_keyframe+empty_moov+delay_moov", "-f", "mp4"] },
  mjpeg: { type: "multipart/x-mixed-replace;boundary=ffmpeg", output: ["-an", "-c:v", "mjpeg", "-f", "mpjpeg"] },
} as const;

/** Every client gets the scene from its beginning, at the speed of the scene, again and again. */
export async function startHttpCamera(options: HttpCameraOptions): Promise<PullCamera> {
  const { scene, format, tls, auth } = options;
  const players = new Set<ChildProcess>();
  const expected = auth && `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (expected !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="camera"' }).end();
      return;
    }
    response.writeHead(200, { "content-type": FORMATS[format].type });
    const input = ["-re", "-stream_loop", "-1", "-i", scene.videoFile];
    const player = spawn("ffmpeg", ["-v", "error", "-nostdin", ...input, ...FORMATS[format].output, "pipe:1"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    players.add(player);
    player.stdout.pipe(response);
    player.on("close", () => players.delete(player));
    response.on("close", () => player.kill("SIGKILL"));
  };
  const server: Server =
    tls === undefined
      ? createHttpServer(answer)
      : createHttpsServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The HTTP camera does not listen.");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}/stream`,
    async stop() {
      for (const player of players) player.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** An RTMP camera for one client at a time: ffmpeg's own server, started anew whenever its client has left. Listens when this has settled. */
export async function startRtmpCamera(scene: Scene, port: number): Promise<PullCamera> {
  const url = `rtmp://127.0.0.1:${port}/live/camera`;
  let player: ChildProcess | null = null;
  let stopped = false;
  const play = () => {
    if (stopped) return;
    const input = ["-re", "-stream_loop", "-1", "-i", scene.videoFile];
    const output = ["-c", "copy", "-f", "flv", "-listen", "1", url];
    player = spawn("ffmpeg", ["-v", "error", "-nostdin", ...input, ...output], { stdio: "ignore" });
    player.on("close", play);
  };
  play();
  await waitFor("the RTMP camera to listen", () => isListening(port), { withinMs: 10_000 });
  return {
    url,
    async stop() {
      stopped = true;
      if (player === null || player.exitCode !== null || player.signalCode !== null) return;
      player.kill("SIGKILL");
      await once(player, "close");
    },
  };
}

/** Without connecting, which would take the place of its one client. */
function isListening(port: number): boolean {
  const address = `:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`;
  return readFileSync("/proc/net/tcp", "latin1").includes(address);
}
