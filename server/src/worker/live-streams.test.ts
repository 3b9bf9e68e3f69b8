import { beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { LiveHead, LivePause } from "../ipc/live-frames.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import type { IngestListener } from "./ingest.ts";
import type { LiveListener } from "./live-feed.ts";
import { LiveStreams } from "./live-streams.ts";
import { EndlessFootage } from "./simulated-camera.contract.ts";

let footage: EndlessFootage;
beforeAll(async () => {
  footage = await EndlessFootage.make(4, false);
});

const CONNECTED = { connection: "connected", cause: null, lastError: null, ffmpegMissing: false } as const;
const REFUSED = { connection: "offline", cause: "camera_offline", lastError: "Busy.", ffmpegMissing: false } as const;

/** Fragments of one group of pictures: each is a quarter of a second. */
const GOP_FRAGMENTS = 4;

function viewer() {
  const heads: LiveHead[] = [];
  const pauses: LivePause[] = [];
  const fragments: Fragment[] = [];
  const listener: LiveListener = {
    began: (head) => void heads.push(head),
    fragment: (fragment) => void fragments.push(fragment),
    paused: (pause) => void pauses.push(pause),
  };
  return { heads, pauses, fragments, listener };
}

/** A camera whose main stream is recorded; connections to the other one are counted, and made by the test. */
function streams() {
  const clock = new SimulatedClock(0);
  const connections: { listener: IngestListener; withSound: boolean; open: boolean }[] = [];
  const tapped: string[] = [];
  const live = new LiveStreams({
    recordedStream: "main",
    maxBufferBytes: 1 << 24,
    sound: true,
    tap: {
      began: () => void tapped.push("began"),
      take: () => void tapped.push("fragment"),
      ended: () => void tapped.push("ended"),
    },
    connectSecond: (listener, withSound) => {
      const connection = { listener, withSound, open: false };
      connections.push(connection);
      const start = () => {
        connection.open = true;
      };
      const close = async () => {
        connection.open = false;
      };
      return { start, close };
    },
    clock,
    log: silentLog,
  });
  live.recorded.began(footage.init);
  live.recordingConnected(true);
  const open = () => connections.filter((one) => one.open).length;
  const second = () => {
    const { listener } = connections.at(-1) ?? {};
    if (listener === undefined) throw new Error("the other stream is not connected to");
    return listener;
  };
  return { live, clock, connections, open, second, tapped };
}

/** Connections end in their own time. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the streams that can be watched", () => {
  it("begin with the group of pictures in progress, whole", () => {
    const { live } = streams();
    for (let number = 0; number < GOP_FRAGMENTS + 2; number += 1) live.recorded.take(footage.fragment(number));
    const { heads, fragments, listener } = viewer();
    live.listen("recorded", listener);
    expect(heads).toEqual([expect.objectContaining({ stream: "main", continues: false, width: 160, height: 120 })]);
    const first = fragments[0];
    expect(first?.sync).toBe(true);
    live.recorded.take(footage.fragment(GOP_FRAGMENTS + 2));
    expect(fragments.at(-1)?.video?.decodeTimeTicks).toBe(footage.fragment(GOP_FRAGMENTS + 2).video?.decodeTimeTicks);
  });

  it("are not kept beyond the group of pictures in progress", () => {
    const { live } = streams();
    for (let number = 0; number < 100; number += 1) live.recorded.take(footage.fragment(number));
    const { fragments, listener } = viewer();
    live.listen("main", listener);
    expect(fragments.filter(({ sync }) => sync)).toHaveLength(1);
  });

  it("include the other one, connected to while somebody watches it, and a little longer", () => {
    const { live, clock, open, second } = streams();
    expect(open()).toBe(0);
    const one = viewer();
    const stop = live.listen("sub", one.listener);
    expect(open()).toBe(1);
    second().runStarted("run", footage.init, null);
    second().fragment(footage.fragment(0), 0);
    expect(one.heads.map(({ stream }) => stream)).toEqual(["sub"]);
    expect(one.fragments).toHaveLength(1);
    stop();
    clock.advance(10_000);
    expect(open()).toBe(1);
    clock.advance(20_000);
    expect(open()).toBe(0);
  });

  it("are the recorded one in place of one that the camera does not serve beside it, until it does", () => {
    const { live, clock, connections, open, second } = streams();
    live.recorded.take(footage.fragment(0));
    const one = viewer();
    live.listen("sub", one.listener);
    second().stateChanged(REFUSED);
    expect(open()).toBe(0);
    expect(one.heads.map(({ stream }) => stream)).toEqual(["main"]);
    expect(one.fragments[0]?.sync).toBe(true);
    clock.advance(59_000);
    expect(connections).toHaveLength(1);
    clock.advance(2000);
    expect(open()).toBe(1);
    second().runStarted("run", footage.init, null);
    second().stateChanged(CONNECTED);
    expect(one.heads.map(({ stream }) => stream)).toEqual(["main", "sub"]);
  });

  it("never cost the recording its connection: without it the other stream is let go, and it comes first again", () => {
    const { live, clock, open } = streams();
    live.listen("sub", viewer().listener);
    clock.advance(60_000);
    live.recordingConnected(false);
    expect(open()).toBe(0);
    clock.advance(600_000);
    expect(open()).toBe(0);
    live.recordingConnected(true);
    expect(open()).toBe(1);
  });

  it("leave a camera alone that gave the recording up for the other stream", () => {
    const { live, clock, connections } = streams();
    const one = viewer();
    live.listen("sub", one.listener);
    clock.advance(1000);
    live.recordingConnected(false);
    clock.advance(2000);
    live.recordingConnected(true);
    clock.advance(300_000);
    expect(connections).toHaveLength(1);
    live.recorded.take(footage.fragment(0));
    expect(one.heads.at(-1)?.stream).toBe("main");
  });

  it("include the other one for pictures of it, without sound, which comes with whoever watches", async () => {
    const { live, connections, open, second, tapped, clock } = streams();
    live.holdSecond(true);
    expect(connections.map(({ withSound }) => withSound)).toEqual([false]);
    second().runStarted("run", footage.init, null);
    second().fragment(footage.fragment(0), 0);
    expect(tapped).toEqual(["began", "fragment"]);
    const one = viewer();
    const stop = live.listen("sub", one.listener);
    await settled();
    expect(connections.map(({ withSound }) => withSound)).toEqual([false, true]);
    expect(open()).toBe(1);
    second().runStarted("run", footage.init, null);
    second().fragment(footage.fragment(0), 0);
    expect(one.fragments).toHaveLength(1);
    expect(tapped).toEqual(["began", "fragment", "ended", "began", "fragment"]);
    stop();
    clock.advance(30_000);
    await settled();
    expect(connections.map(({ withSound }) => withSound)).toEqual([false, true, false]);
    live.holdSecond(false);
    expect(open()).toBe(0);
  });

  it("are not touched by what a connection that was given up still brings", async () => {
    const { live, connections, tapped } = streams();
    live.holdSecond(true);
    live.holdSecond(false);
    const [old] = connections;
    live.holdSecond(true);
    tapped.splice(0);
    old?.listener.runStarted("run", footage.init, null);
    old?.listener.fragment(footage.fragment(0), 0);
    old?.listener.runEnded("stopped");
    old?.listener.stateChanged(REFUSED);
    expect(tapped).toEqual([]);
    expect(connections).toHaveLength(2);
  });

  it("are asked for pictures less and less often where the camera refuses, and for those who watch as often as ever", () => {
    const { live, clock, connections, second } = streams();
    live.holdSecond(true);
    for (let refusals = 1; refusals <= 10; refusals += 1) {
      second().stateChanged(REFUSED);
      clock.advance(60_000 * 2 ** Math.min(refusals - 1, 5) + 1000);
      if (refusals <= 6) expect(connections).toHaveLength(refusals + 1);
    }
    const asked = connections.length;
    second().stateChanged(REFUSED);
    clock.advance(61_000);
    expect(connections).toHaveLength(asked);
    live.listen("sub", viewer().listener);
    expect(connections).toHaveLength(asked + 1);
  });

  it("are never again asked for pictures that the recording was given up for", () => {
    const { live, clock, connections, open } = streams();
    live.holdSecond(true);
    clock.advance(2000);
    live.recordingConnected(false);
    clock.advance(2000);
    live.recordingConnected(true);
    clock.advance(86_400_000);
    expect(connections).toHaveLength(1);
    live.listen("sub", viewer().listener);
    expect(open()).toBe(1);
  });

  it("say once why there is no picture, however often the camera is tried", () => {
    const { live } = streams();
    const one = viewer();
    live.listen("recorded", one.listener);
    for (let i = 0; i < 5; i += 1) live.paused({ connection: "offline", cause: "auth_failed" });
    expect(one.pauses).toEqual([{ connection: "offline", cause: "auth_failed" }]);
  });
});
