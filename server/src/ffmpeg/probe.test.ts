import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { runProgram, sceneArguments } from "../media/made-footage.contract.ts";
import { probeStream } from "./probe.ts";
import { checkFfmpeg } from "./program.ts";
import type { StreamSource } from "./source.ts";

const folder = testFolder();
const source = (url: string): StreamSource => ({ url, username: "admin", password: "s3cr3t", transport: "tcp" });

describe("the probe", () => {
  it("says what a stream is, what to know about it, and shows a picture", async () => {
    const path = join(folder, "film.mkv");
    await runProgram("ffmpeg", [
      ...sceneArguments({ seconds: 4, sound: true }),
      "-c:a",
      "pcm_mulaw",
      "-ar",
      "8000",
      path,
    ]);
    const [film, pattern] = await Promise.all([
      probeStream("ffmpeg", source(`file://${path}`), systemClock),
      probeStream("ffmpeg", source("pattern:clock?size=320x240&fps=30"), systemClock),
    ]);
    expect(film.video).toMatchObject({
      codec: "h264",
      width: 160,
      height: 120,
      fps: 10,
      key_frame_interval_seconds: 1,
    });
    expect(film.audio).toEqual({ codec: "pcm_mulaw", sample_rate_hz: 8000, channels: 1 });
    expect(film.advice.map((advice) => advice.code)).toEqual(["video_plays_everywhere", "sound_encoded"]);
    expect(pattern.video).toMatchObject({ codec: "h264", width: 320, height: 240, key_frame_interval_seconds: 1 });
    expect(pattern.audio).toBeNull();
    for (const { picture_jpeg_base64: picture } of [film, pattern]) {
      expect(
        Buffer.from(picture ?? "", "base64")
          .subarray(0, 3)
          .toString("hex"),
      ).toBe("ffd8ff");
    }
  });

  it("says why there is no stream, with its cause and without the password", async () => {
    const mjpeg = join(folder, "mjpeg.mkv");
    await runProgram("ffmpeg", [...sceneArguments({ seconds: 1 }), "-c:v", "mjpeg", "-strict", "-1", mjpeg]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const refused = (url: string) => probeStream("ffmpeg", source(url), systemClock).catch((error: unknown) => error);
    const [offline, codec, missing] = await Promise.all([
      refused(`rtsp://127.0.0.1:${port}/main`),
      refused(`file://${mjpeg}`),
      refused(`file://${join(folder, "missing.mp4")}`),
    ]);
    expect(offline).toMatchObject({ code: "probe_failed", details: { cause: "camera_offline" } });
    expect(codec).toMatchObject({ code: "probe_failed", message: expect.stringContaining("MJPEG") });
    expect(missing).toMatchObject({ code: "probe_failed", details: { cause: "camera_offline" } });
    for (const error of [offline, codec, missing]) expect(String(error)).not.toContain("s3cr3t");
    const noProgram = probeStream(join(folder, "no-ffmpeg"), source("pattern:clock"), systemClock);
    await expect(noProgram).rejects.toMatchObject({ code: "ffmpeg_missing" });
  });
});

describe("the check of the program", () => {
  it("answers its version, or how to install it", async () => {
    expect((await checkFfmpeg("ffmpeg")).version).toMatch(/^\S+$/);
    await expect(checkFfmpeg(join(folder, "no-ffmpeg"))).rejects.toMatchObject({
      code: "ffmpeg_missing",
      message: expect.stringContaining("apt-get install"),
    });
    await expect(checkFfmpeg("false")).rejects.toMatchObject({ code: "ffmpeg_missing" });
  });
});
