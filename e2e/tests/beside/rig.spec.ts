// The rig itself: what the other tests prove is worth no more than what reads it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { decodeBarCode, encodeBarCode } from "../../rig/bar-code.ts";
import { frameDueMs, type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks, videoPacketHashes } from "../../rig/footage.ts";
import { makeSmallScene } from "../../rig/scene.ts";
import { runTool } from "../../rig/tool.ts";

test("a bar code tells its scene and number, and a picture without one is not taken for one", () => {
  for (const mark of [
    { scene: 0, number: 0 },
    { scene: 7, number: 65_535 },
    { scene: 5, number: 12_345 },
  ])
    expect(decodeBarCode(encodeBarCode(mark))).toEqual(mark);
  expect(decodeBarCode(Buffer.alloc(40, 128))).toBeNull();
  const oneBitOff = encodeBarCode({ scene: 1, number: 2 }).map((value, i) => (i % 20 === 9 ? 255 - value : value));
  expect(decodeBarCode(oneBitOff)).toBeNull();
});

test("missing, repeated and foreign frames are each seen, and the end of a scene is followed by its beginning", () => {
  const marks = (numbers: number[]) => numbers.map((number) => ({ scene: 5, number }));
  const scene = { id: 5, frames: 200 };
  expect(findFrameFaults(marks([198, 199, 0, 1]), scene)).toMatchObject({ missing: 0, repeated: 0, unreadable: 0 });
  expect(findFrameFaults(marks([3, 4, 7, 8]), scene)).toMatchObject({ missing: 2, repeated: 0 });
  expect(findFrameFaults(marks([3, 4, 4, 5]), scene)).toMatchObject({ missing: 0, repeated: 1 });
  expect(findFrameFaults([...marks([3]), null, ...marks([5])], scene)).toMatchObject({ unreadable: 1, missing: 0 });
});

for (const codec of ["h264", "h265"] as const) {
  test(`a camera delivers its ${codec} scene unchanged: every frame number, every packet`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-"));
    const scene = await makeSmallScene(codec);
    const cameras = await startCameras([{ scene }]);
    try {
      const file = join(folder, "received.mp4");
      const input = ["-rtsp_transport", "tcp", "-i", cameras[0]?.url ?? "", "-t", "8"];
      await runTool("ffmpeg", ["-v", "error", "-nostdin", ...input, "-c", "copy", file]);
      const marks = await readFrameMarks(file);
      expect(marks.length).toBeGreaterThan(6 * scene.fps);
      expect(findFrameFaults(marks, scene).places).toEqual([]);
      const sent = await videoPacketHashes(scene.videoFile, codec);
      expect(new Set(sent).size).toBe(scene.frames);
      const received = (await videoPacketHashes(file, codec)).map((hash) => sent.indexOf(hash));
      expect(received).toEqual(marks.map((mark) => mark?.number));
    } finally {
      await stopCameras(cameras);
      await rm(folder, { recursive: true });
    }
  });
}

test("a camera's frame numbers follow the wall clock, also after it went away and came back at the same address", async () => {
  const scene = await makeSmallScene();
  const [camera] = await startCameras([{ scene }]);
  if (camera === undefined) throw new Error("No camera was started.");
  try {
    for (const turn of ["first", "second"]) {
      const { first, last, fromMs, toMs } = await receive(camera);
      expect(frameDueMs(camera, first, fromMs), `${turn} start`).toBeGreaterThanOrEqual(fromMs);
      expect(frameDueMs(camera, last, toMs), `${turn} start`).toBeLessThanOrEqual(toMs);
      await camera.stop();
      await expect(receive(camera)).rejects.toThrow(/refused/i);
      await camera.start();
    }
  } finally {
    await stopCameras([camera]);
  }
});

for (const method of ["digest", "basic"] as const) {
  test(`a camera that asks for ${method} authentication plays for its user alone`, async () => {
    const scene = await makeSmallScene();
    const [camera] = await startCameras([{ scene, auth: { method, username: "viewer", password: "a pass" } }]);
    if (camera === undefined) throw new Error("No camera was started.");
    try {
      await expect(receive(camera)).rejects.toThrow(/401/);
      await expect(receive(camera, "viewer:wrong@")).rejects.toThrow(/401/);
      await receive(camera, "viewer:a%20pass@");
    } finally {
      await stopCameras([camera]);
    }
  });
}

/** The first and the last frame of a second, as a client gets them, and the wall time before and after. */
async function receive(camera: RigCamera, credentials = "") {
  const folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-"));
  try {
    const file = join(folder, "received.mp4");
    const input = ["-rtsp_transport", "udp", "-i", camera.url.replace("rtsp://", `rtsp://${credentials}`), "-t", "1"];
    const fromMs = Date.now();
    await runTool("ffmpeg", ["-v", "error", "-nostdin", ...input, "-c", "copy", file]);
    const toMs = Date.now();
    const marks = await readFrameMarks(file);
    return { first: marks[0]?.number ?? -1, last: marks.at(-1)?.number ?? -1, fromMs, toMs };
  } finally {
    await rm(folder, { recursive: true });
  }
}
