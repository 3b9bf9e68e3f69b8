import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { madeSegment } from "../../../footage/made-segment.contract.ts";
import { packetsOf, type Scene } from "../../../media/made-footage.contract.ts";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const SECONDS = 20;
const START_MS = NOW_MS + 10_000;
const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
let ids: number[];
beforeAll(async () => {
  installation = await startInstallation();
  const scene: Scene = { seconds: SECONDS, codec: "libx265", gopFrames: 20, sound: true };
  const { closed } = await madeSegment(scene);
  ids = [await installation.addCamera(), await installation.addCamera(), await installation.addCamera()];
  for (const id of ids) await installation.addSegment(id, START_MS, SECONDS * 1000, { file: closed });
  installation.clock.advance(90_000);
});
afterAll(() => installation.close());

function playlist(id: number | undefined, query: Record<string, string>, token = installation.admin) {
  const span = { camera_id: String(id), start: iso(START_MS), end: iso(START_MS + 60_000) };
  return installation.call({
    token,
    url: `/api/recordings/playlist.m3u8?${new URLSearchParams({ ...span, ...query })}`,
  });
}

/** What a player gets of a playlist, as a file. */
async function played(text: string): Promise<string> {
  const lines = text.trim().split("\n");
  const init = /#EXT-X-MAP:URI="(.*)"/.exec(text)?.[1] ?? "";
  const received: Buffer[] = [];
  for (const uri of [init, ...lines.filter((line) => !line.startsWith("#"))]) {
    const answer = await installation.call({ url: `/api/recordings/${uri}` });
    expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
    expect(answer.headers["content-type"]).toBe("video/mp4");
    const headers = { "if-none-match": String(answer.headers.etag) };
    expect((await installation.call({ url: `/api/recordings/${uri}`, headers })).statusCode).toBe(304);
    received.push(answer.rawPayload);
  }
  const file = join(installation.folder, "played.mp4");
  await writeFile(file, Buffer.concat(received));
  return file;
}

describe("fast play", () => {
  it("is named and answered by its playlist: key frames, times of the player, wall time with every entry", async () => {
    const text = (await playlist(ids[0], { variant: "sync", speed: "8" })).body;
    const times = [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(.*)/g)].map((match) => Date.parse(match[1] ?? ""));
    const lengths = [...text.matchAll(/#EXTINF:([\d.]+),/g)].map((match) => Number(match[1]));
    expect(times[0]).toBe(START_MS);
    for (const [place, ms] of times.slice(1).entries())
      expect(ms - (times[place] ?? 0)).toBeCloseTo((lengths[place] ?? 0) * 8000, 0);
    expect(lengths.reduce((sum, one) => sum + one, 0)).toBeCloseTo(SECONDS / 8, 3);
    const packets = await packetsOf(await played(text));
    expect(packets).toHaveLength(SECONDS / 2);
    expect(packets.every((packet) => packet.kind === "video")).toBe(true);
  });

  it("is for those only who may see the camera", async () => {
    const token = await installation.tokenFor("grace", "Administrator", await installation.addTenant());
    const uri = (await playlist(ids[0], { variant: "sync" })).body
      .split("\n")
      .find((line) => line.includes("part.mp4"));
    expect((await playlist(ids[0], { variant: "sync" }, token)).statusCode).toBe(404);
    expect((await installation.call({ token, url: `/api/recordings/${uri}` })).statusCode).toBe(404);
    expect((await installation.call({ token: null, url: `/api/recordings/${uri}` })).statusCode).toBe(401);
  });
});

describe("H.265 as H.264", () => {
  it("has every picture and the sound, and two at once; a third is told so before it begins to play", async () => {
    const packets = await packetsOf(await played((await playlist(ids[0], { variant: "h264" })).body));
    const recorded = await packetsOf(installation.path(ids[0] ?? 0, "2026-04-09_14-30-10.mp4"));
    expect(packets.filter((packet) => packet.kind === "video")).toHaveLength(SECONDS * 10);
    const sound = (all: typeof packets) => all.flatMap(({ kind, hash }) => (kind === "audio" ? [hash] : []));
    expect(sound(packets)).toEqual(sound(recorded));
    expect((await playlist(ids[1], { variant: "h264" })).statusCode).toBe(200);
    const refused = await playlist(ids[2], { variant: "h264" });
    expect(refused.statusCode).toBe(503);
    expect(refused.json().error).toMatchObject({ code: "transcoding_busy", message: expect.stringMatching(/H\.265/) });
    expect((await playlist(ids[2], {})).statusCode).toBe(200);
    expect((await playlist(ids[0], { variant: "h264" })).statusCode).toBe(200);
    installation.clock.advance(31_000);
    expect((await playlist(ids[2], { variant: "h264" })).statusCode).toBe(200);
  });
});
