import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../base/clock.ts";
import { eventually } from "../base/eventually.contract.ts";
import { createLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { runProgram, sceneArguments } from "../media/made-footage.contract.ts";
import { Ingest, type IngestSettings, type IngestState } from "./ingest.ts";

const folder = testFolder();
const servers: Server[] = [];
const ingests: Ingest[] = [];
afterAll(async () => {
  await Promise.all(ingests.map((ingest) => ingest.close("stopped")));
  for (const server of servers) server.close();
});

interface Heard {
  readonly runs: { readonly init: StreamInit; readonly audioCodec: string | null }[];
  readonly fragments: Fragment[];
  readonly states: IngestState[];
  readonly log: string[];
  ended: number;
}

function listening(url: string, clock: Clock = systemClock, changed: Partial<IngestSettings> = {}) {
  const heard: Heard = { runs: [], fragments: [], states: [], log: [], ended: 0 };
  const source = { url, username: "admin", password: "s3cr'et", transport: "tcp" } as const;
  const ingest = new Ingest(
    { ffmpegPath: "ffmpeg", source, audio: { enabled: true, codec: "auto" }, ...changed },
    {
      runStarted: (_runId, init, audioCodec) => heard.runs.push({ init, audioCodec }),
      initChanged: () => {},
      fragment: (fragment) => heard.fragments.push(fragment),
      runEnded: () => {
        heard.ended += 1;
      },
      stateChanged: (state) => heard.states.push(state),
    },
    clock,
    createLog({ level: "debug", outputs: [{ format: "json", write: (line) => heard.log.push(line) }] }),
  );
  ingests.push(ingest);
  ingest.start();
  return { ...heard, heard, ingest };
}

async function port(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A camera that answers every request alike. */
function rtspCamera(answer: string | null): Promise<number> {
  return port(
    createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (request) => {
        const sequence = /CSeq: (\d+)/.exec(request.toString())?.[1];
        if (answer !== null) socket.write(`RTSP/1.0 ${answer}\r\nCSeq: ${sequence}\r\n\r\n`);
      });
    }),
  );
}

async function film(name: string, ...codecs: string[]): Promise<string> {
  const path = join(folder, name);
  await runProgram("ffmpeg", [...sceneArguments({ seconds: 2, sound: true }), ...codecs, path]);
  return path;
}

/** The state in which a connection that failed waits for the next. */
const failed = ({ states }: { states: readonly IngestState[] }) =>
  eventually(() => {
    const state = states.find((one) => one.connection === "offline");
    expect(state).toBeDefined();
    return state;
  });

describe("the ingest", () => {
  it("brings a picture's fragments until it is closed, sound encoded where the camera's does not fit into MP4", async () => {
    const raw = await film("mulaw.mkv", "-c:a", "pcm_mulaw", "-ar", "8000");
    const lc = await film("aac.mp4");
    const all = [
      listening("pattern:clock?size=160x120&fps=10&sound=1"),
      listening(`file://${raw}`),
      listening(`file://${lc}`),
    ];
    await eventually(() => {
      for (const { fragments } of all) expect(fragments.length).toBeGreaterThan(2);
    });
    await Promise.all(all.map(({ ingest }) => ingest.close("stopped")));
    expect(all.map(({ runs }) => runs.map((run) => run.audioCodec))).toEqual([["aac"], ["pcm_mulaw"], ["aac"]]);
    for (const { heard } of all) {
      expect(heard.runs[0]?.init.tracks.map((track) => track.sampleEntry)).toEqual(["avc1", "mp4a"]);
      expect(heard.fragments[0]?.sync).toBe(true);
      expect(heard.ended).toBe(1);
      expect(heard.states.at(-1)).toMatchObject({ connection: "connected", cause: null, lastError: null });
    }
    const [, encoded, copied] = all.map(({ runs }) => runs[0]?.init.tracks.find((track) => track.kind === "audio"));
    expect([encoded?.timescale, copied?.timescale]).toEqual([48_000, 48_000]);
  });

  it("says what keeps the stream away, and never the password", async () => {
    const mjpeg = await film("mjpeg.mkv", "-c:v", "mjpeg", "-strict", "-1");
    const closed = createServer();
    const closedPort = await port(closed);
    await new Promise((resolve) => closed.close(resolve));
    const notFound = createHttpServer((_request, response) => response.writeHead(404).end());
    const cases = [
      [listening("pattern:clock", systemClock, { ffmpegPath: join(folder, "no-ffmpeg") }), "unknown", "Install ffmpeg"],
      [listening(`rtsp://127.0.0.1:${closedPort}/main`), "camera_offline", "refuses the connection"],
      [listening(`rtsp://127.0.0.1:${await rtspCamera("401 Unauthorized")}/main`), "auth_failed", "password"],
      [
        listening(`rtsp://127.0.0.1:${await rtspCamera("404 Not Found")}/main`),
        "camera_offline",
        "no stream at this path",
      ],
      [listening(`http://127.0.0.1:${await port(notFound)}/main`), "camera_offline", "no stream at this path"],
      [listening(`file://${mjpeg}`), "unsupported_stream", "MJPEG"],
    ] as const;
    const states = await Promise.all(cases.map(([camera]) => failed(camera)));
    expect(states.map((state) => [state?.cause, state?.lastError])).toEqual(
      cases.map(([, cause, message]) => [cause, expect.stringContaining(message)]),
    );
    await Promise.all(cases.map(([camera]) => camera.ingest.close("stopped")));
    for (const [{ log, runs, heard }] of cases) {
      expect([log.join(""), JSON.stringify(heard.states)].join("")).not.toMatch(/s3cr/);
      expect(runs).toEqual([]);
    }
  });

  it("gives up on a camera that sends nothing for ten seconds, and tries again after a second", async () => {
    const clock = new SimulatedClock(0);
    const camera = listening(`rtsp://127.0.0.1:${await rtspCamera(null)}/main`, clock);
    clock.advance(9999);
    expect(camera.states).toHaveLength(1);
    clock.advance(1);
    const state = await failed(camera);
    expect(state).toMatchObject({ cause: "camera_offline", lastError: expect.stringContaining("within 10 seconds") });
    await eventually(() => {
      clock.advance(1200);
      expect(camera.states.at(-1)?.connection).toBe("connecting");
    });
    await camera.ingest.close("stopped");
  });

  it("takes a stream for stalled when it stays connected without a picture, and says so before ffmpeg has ended", async () => {
    const bytes = await runProgram("ffmpeg", [...sceneArguments({ seconds: 6 }), "-f", "mpegts", "pipe:1"]);
    // The answer never ends: the connection is there, and nothing comes.
    const server = createHttpServer((_request, response) => {
      response.write(bytes);
    });
    const clock = new SimulatedClock(0);
    const camera = listening(`http://127.0.0.1:${await port(server)}/live.ts`, clock);
    await eventually(() => expect(camera.fragments.length).toBeGreaterThan(3));
    expect(camera.states.at(-1)?.connection).toBe("connected");
    clock.advance(10_000);
    expect(camera.states.at(-1)).toMatchObject({
      connection: "offline",
      cause: "stream_stalled",
      lastError: expect.stringContaining("10 seconds"),
    });
    expect(camera.heard.ended).toBe(1);
    let isClosed = false;
    void camera.ingest.close("stopped").then(() => {
      isClosed = true;
    });
    // On a dead line ffmpeg has to be killed.
    await eventually(() => {
      clock.advance(3000);
      expect(isClosed).toBe(true);
    });
    server.closeAllConnections();
  });
});
