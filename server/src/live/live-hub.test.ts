import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import type { NightjarError } from "../base/error.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import { headFrame, type LiveHead, mediaFrameHeader, pauseFrame } from "../ipc/live-frames.ts";
import { codecString } from "../media/codec-string.ts";
import type { StreamInit } from "../media/isobmff/fragment-reader.ts";
import { fragmentedMp4, readStream, type Scene } from "../media/made-footage.contract.ts";
import { LiveHub } from "./live-hub.ts";
import type { LiveBeginning, LiveFragment, LiveListener } from "./live-listener.ts";

// Real sockets, real ffmpeg; the worker's end is played by the test.

const folder = testFolder();
let cameras = 0;
const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

interface Worker {
  readonly camera: { readonly tenantId: number; readonly id: number };
  readonly asked: string[];
  readonly connections: Set<Socket>;
  send(...frames: Buffer[]): void;
}

const socketPath = ({ id }: { id: number }) => join(folder, `${id}.live`);

async function worker(id = 0): Promise<Worker> {
  cameras += 1;
  const camera = { tenantId: 1, id: id === 0 ? cameras : id };
  const asked: string[] = [];
  const connections = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (chunk) => asked.push(JSON.parse(chunk.toString()).stream));
  });
  await new Promise<void>((resolve) => server.listen(socketPath(camera), resolve));
  const close = () => {
    for (const socket of connections) socket.destroy();
    server.close();
  };
  opened.push({ close });
  return {
    camera,
    asked,
    connections,
    send: (...frames) => [...connections].map((s) => s.write(Buffer.concat(frames))),
  };
}

function hub(slots = new TranscodeSlots()): LiveHub {
  const made = new LiveHub({ socketPath, ffmpeg: "ffmpeg", slots, clock: systemClock, log: silentLog });
  opened.push(made);
  return made;
}

function viewer() {
  const got = {
    beginnings: [] as LiveBeginning[],
    fragments: [] as LiveFragment[],
    pauses: [] as unknown[],
    errors: [] as NightjarError[],
  };
  const listener: LiveListener = {
    began: (beginning) => void got.beginnings.push(beginning),
    fragment: (fragment) => void got.fragments.push(fragment),
    paused: (pause) => void got.pauses.push(pause),
    failed: (error) => void got.errors.push(error),
  };
  return { ...got, listener };
}

const HEAD: LiveHead = { stream: "main", codecs: "avc1.42c01f", width: 640, height: 360, continues: false };
const init = (text = "init") => Buffer.concat([mediaFrameHeader("init", text.length), Buffer.from(text)]);
const fragment = (text: string, sync = false) =>
  Buffer.concat([mediaFrameHeader(sync ? "syncFragment" : "fragment", text.length), Buffer.from(text)]);
const texts = (fragments: readonly LiveFragment[]) => fragments.map(({ bytes }) => bytes.toString());
const MAIN = { stream: "main", h264: false } as const;

describe("live pictures in the server", () => {
  it("are pulled once for all who watch a stream, and only while somebody does", async () => {
    const { camera, asked, connections, send } = await worker();
    const own = hub();
    expect(connections.size).toBe(0);
    const [first, second] = [viewer(), viewer()];
    const stopFirst = own.watch(camera, MAIN, first.listener);
    await eventually(() => expect(asked).toEqual(["main"]));
    send(headFrame(HEAD), init(), fragment("a", true), fragment("b"));
    await eventually(() => expect(texts(first.fragments)).toEqual(["a", "b"]));
    const stopSecond = own.watch(camera, MAIN, second.listener);
    // The picture in progress, at once.
    expect(texts(second.fragments)).toEqual(["a", "b"]);
    expect(second.beginnings[0]).toMatchObject({ head: HEAD, init: Buffer.from("init"), converted: null });
    send(fragment("c", true));
    await eventually(() => expect(texts(second.fragments)).toEqual(["a", "b", "c"]));
    expect(asked).toEqual(["main"]);
    stopFirst();
    stopSecond();
    await eventually(() => expect(connections.size).toBe(0));
  });

  it("go on by themselves when a worker was away", async () => {
    const own = hub();
    const watching = viewer();
    cameras += 1;
    own.watch({ tenantId: 1, id: cameras }, MAIN, watching.listener);
    const late = await worker(cameras);
    await eventually(() => expect(late.asked).toEqual(["main"]));
    late.send(pauseFrame({ connection: "offline", cause: "camera_offline" }));
    await eventually(() => expect(watching.pauses).toContainEqual({ connection: "offline", cause: "camera_offline" }));
    late.send(headFrame(HEAD), init(), fragment("a", true));
    await eventually(() => expect(texts(watching.fragments)).toEqual(["a"]));
  });

  it("are refused where they must be converted and all slots are taken, and converted once one is free", async () => {
    const slots = new TranscodeSlots(1);
    const giveBack = slots.take();
    const { camera, asked, send } = await worker();
    const own = hub(slots);
    const h265 = await made({ codec: "libx265" });
    const play = () => send(headFrame(h265.head), h265.init, ...h265.fragments);
    const refused = viewer();
    own.watch(camera, { ...MAIN, h264: true }, refused.listener);
    await eventually(() => expect(asked).toHaveLength(1));
    play();
    await eventually(() => expect(refused.errors[0]).toMatchObject({ code: "transcoding_busy" }));
    expect(refused.fragments).toEqual([]);
    giveBack();
    const taken = viewer();
    own.watch(camera, { ...MAIN, h264: true }, taken.listener);
    await eventually(() => expect(asked).toHaveLength(2));
    play();
    await eventually(() => expect(taken.fragments.length).toBeGreaterThan(2));
    expect(taken.beginnings[0]).toMatchObject({ converted: "video", head: { codecs: expect.stringMatching(/^avc1/) } });
    expect(taken.fragments[0]?.sync).toBe(true);
  });

  it("have sound that browsers take: what they do not is converted, the picture stays as it is", async () => {
    const { camera, asked, send } = await worker();
    const mp3 = await made({ sound: true, soundCodec: "libmp3lame" });
    const watching = viewer();
    hub().watch(camera, MAIN, watching.listener);
    await eventually(() => expect(asked).toHaveLength(1));
    expect(mp3.head.codecs).toMatch(/mp4a\.6B/);
    send(headFrame(mp3.head), mp3.init, ...mp3.fragments);
    await eventually(() => expect(watching.fragments.length).toBeGreaterThan(2));
    const [video] = mp3.head.codecs.split(",");
    expect(watching.beginnings[0]).toMatchObject({ converted: "sound", head: { codecs: `${video},mp4a.40.2` } });
  });

  it("give one snapshot to all who ask at once, of the newest key frame", async () => {
    const { camera, asked, send } = await worker();
    const h264 = await made({});
    const own = hub();
    const both = Promise.all([own.snapshot(camera), own.snapshot(camera)]);
    await eventually(() => expect(asked).toEqual(["recorded"]));
    send(headFrame(h264.head), h264.init, ...h264.fragments);
    const [jpeg, same] = await both;
    expect(jpeg.subarray(0, 3).toString("hex")).toBe("ffd8ff");
    expect(same).toBe(jpeg);
  });

  it("say why there is no snapshot", async () => {
    const { camera, asked, send } = await worker();
    const snapshot = hub().snapshot(camera);
    const refused = expect(snapshot).rejects.toMatchObject({
      code: "camera_offline",
      details: { cause: "auth_failed" },
    });
    await eventually(() => expect(asked).toHaveLength(1));
    send(pauseFrame({ connection: "offline", cause: "auth_failed" }));
    await refused;
  });
});

/** A few seconds of real footage as a worker sends it. */
async function made(scene: Omit<Scene, "seconds">) {
  const stream = readStream(await fragmentedMp4({ seconds: 4, ...scene }));
  const { ftyp, moov, tracks, video }: StreamInit = stream.init;
  const head: LiveHead = {
    ...HEAD,
    codecs: tracks.map(codecString).join(","),
    width: video.width,
    height: video.height,
  };
  const fragments = stream.fragments.map(({ moof, mdat, sizeBytes, sync }) =>
    Buffer.concat([mediaFrameHeader(sync ? "syncFragment" : "fragment", sizeBytes), moof, ...mdat]),
  );
  return { head, init: Buffer.concat([mediaFrameHeader("init", ftyp.length + moov.length), ftyp, moov]), fragments };
}
