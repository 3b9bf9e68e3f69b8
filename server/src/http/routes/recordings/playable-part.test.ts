import { writeFile } from "node:fs/promises";
import { get as httpGet } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { madeSegment } from "../../../footage/made-segment.contract.ts";
import { packetsOf, runProgram } from "../../../media/made-footage.contract.ts";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const SECONDS = 8;
const START_MS = NOW_MS + 10_000;
const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
let id: number;
let name: string;
beforeAll(async () => {
  installation = await startInstallation();
  id = await installation.addCamera();
  const { closed } = await madeSegment({ seconds: SECONDS, sound: true, soundCodec: "libmp3lame" });
  name = await installation.addSegment(id, START_MS, SECONDS * 1000, { file: closed });
  installation.clock.advance(60_000);
});
afterAll(() => installation.close());

async function playlist(token = installation.admin): Promise<string[]> {
  const span = new URLSearchParams({ camera_id: String(id), start: iso(START_MS), end: iso(START_MS + 60_000) });
  const answer = await installation.call({ token, url: `/api/recordings/playlist.m3u8?${span}` });
  return answer.body.trim().split("\n");
}

/** The addresses of a playlist's init and of its parts. */
function addressesOf(lines: readonly string[]): { init: string; parts: string[] } {
  const full = (uri: string) => `/api/recordings/${uri}`;
  const map = lines.find((line) => line.startsWith("#EXT-X-MAP")) ?? "";
  return {
    init: full(/URI="(.*)"/.exec(map)?.[1] ?? ""),
    parts: lines.filter((line) => !line.startsWith("#")).map(full),
  };
}

describe("footage whose sound browsers do not play", () => {
  it("is named and answered by its playlist with FLAC, every picture untouched and nothing missing at the seams", async () => {
    const { init, parts } = addressesOf(await playlist());
    expect(parts.length).toBeGreaterThan(1);
    const received: Buffer[] = [];
    for (const url of [init, ...parts]) {
      const answer = await installation.call({ url });
      expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
      expect(answer.headers["content-type"]).toBe("video/mp4");
      received.push(answer.rawPayload);
    }
    const file = join(installation.folder, "played.mp4");
    await writeFile(file, Buffer.concat(received));
    const played = await packetsOf(file);
    const recorded = await packetsOf(installation.path(id, name));
    const pictures = (packets: typeof played) => packets.flatMap(({ kind, hash }) => (kind === "video" ? [hash] : []));
    expect(pictures(played)).toEqual(pictures(recorded));
    expect(played.length).toBe(recorded.length);
    expect(await loudestStep(file)).toBeLessThan((await loudestStep(installation.path(id, name))) * 1.05);
  });

  it("is not converted again for who has it, nor for HEAD", async () => {
    const [url = ""] = addressesOf(await playlist()).parts;
    const { etag } = (await installation.call({ url })).headers;
    const again = await installation.call({ url, headers: { "if-none-match": String(etag) } });
    expect(again.statusCode).toBe(304);
    const head = await installation.call({ method: "HEAD", url });
    expect([head.statusCode, head.body]).toEqual([200, ""]);
  });

  it("goes out by a media token of its camera, and to nobody who may not see that", async () => {
    const { init, parts } = addressesOf(await playlist());
    const other = await installation.addCamera();
    const tokenOf = async (cameraId: number) =>
      (
        await installation.call({ method: "POST", url: "/api/auth/media-token", payload: { camera_id: cameraId } })
      ).json();
    for (const url of [init, parts[0] ?? ""]) {
      const with_ = async (cameraId: number) =>
        `${url}${url.includes("?") ? "&" : "?"}media_token=${(await tokenOf(cameraId)).token}`;
      expect((await installation.call({ token: null, url: await with_(id) })).statusCode).toBe(200);
      expect((await installation.call({ token: null, url: await with_(other) })).statusCode).toBe(403);
      expect((await installation.call({ token: null, url })).statusCode).toBe(401);
      expect((await installation.call({ token: await installation.apiToken([]), url })).statusCode).toBe(403);
    }
  });

  it("is refused where the address is not one of a playlist", async () => {
    const { closed: withAac } = await madeSegment({ seconds: 2, sound: true });
    const plain = await installation.addSegment(id, START_MS + 20_000, 2000, { file: withAac });
    const at = (segment: string, query: string) =>
      installation.call({ url: `/api/recordings/segment/${id}/${segment}/playable/${query}` });
    const refusals = await Promise.all([
      at(name, "part.mp4?from=1&to=2"),
      at(name, "part.mp4?from=1"),
      at(name, "part.mp4?from=-1&to=x"),
      at(name, "part.mp4?from=1&to=2&after=../secret.key"),
      at("1999-01-01_00-00-00.mp4", "part.mp4?from=1&to=2"),
      at(plain, "init.mp4"),
    ]);
    const codes = refusals.map((answer) => answer.json().error?.code);
    expect(codes).toEqual([
      "range_not_satisfiable",
      "invalid_field",
      "invalid_field",
      "invalid_field",
      "not_found",
      "not_found",
    ]);
  });

  it("is not converted on for a client that has gone", async () => {
    const [url = ""] = addressesOf(await playlist()).parts;
    const part = vi.spyOn(installation.deps.footage, "playablePart");
    const address = await installation.app.listen({ port: 0, host: "127.0.0.1" });
    const request = httpGet(`${address}${url}`, { headers: { authorization: `Bearer ${installation.admin}` } });
    request.on("error", () => {});
    await vi.waitFor(() => expect(part).toHaveBeenCalled());
    request.destroy();
    await expect(part.mock.results[0]?.value).rejects.toThrow(/abort/);
    expect(installation.logged()).not.toContain("a request failed");
  });
});

/** The largest difference between two neighbouring samples: a click has a larger one than the tone. */
async function loudestStep(file: string): Promise<number> {
  const pcm = await runProgram("ffmpeg", ["-v", "error", "-i", file, "-map", "0:a", "-ac", "1", "-f", "s16le", "-"]);
  let most = 0;
  for (let at = 9600; at + 4 <= pcm.length; at += 2)
    most = Math.max(most, Math.abs(pcm.readInt16LE(at + 2) - pcm.readInt16LE(at)));
  return most;
}
