import { rename } from "node:fs/promises";
import { PICTURE_TIME_HEADER, SHEET_HEADER, ThumbnailSheet } from "@nightjar/api/recording";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { madeSegment } from "../../../footage/made-segment.contract.ts";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const SECONDS = 25;
const START_MS = NOW_MS + 10_000;
const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
let id: number;
beforeAll(async () => {
  installation = await startInstallation();
  id = await installation.addCamera();
  const { closed } = await madeSegment({ seconds: SECONDS, gopFrames: 20 });
  await installation.addSegment(id, START_MS, SECONDS * 1000, { file: closed });
});
afterAll(() => installation.close());

const get = (path: string, query: Record<string, string | number>, more: Parameters<Installation["call"]>[0] = {}) => {
  const search = new URLSearchParams({ camera_id: String(id), ...query } as Record<string, string>);
  return installation.call({ url: `/api/recordings/${path}?${search}`, ...more });
};

describe("a thumbnail", () => {
  it("is the nearest to a time, up to a minute away, and says of when it is", async () => {
    for (const [atMs, offsetMs] of [
      [0, 0],
      [13_000, 10_000],
      [79_000, 20_000],
      [-40_000, 0],
    ] as const) {
      const answer = await get("thumbnail", { time: iso(START_MS + atMs) });
      expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
      expect(answer.headers["content-type"]).toBe("image/jpeg");
      expect(answer.headers[PICTURE_TIME_HEADER]).toBe(iso(START_MS + offsetMs));
    }
    for (const atMs of [-61_000, SECONDS * 1000 + 61_000])
      expect((await get("thumbnail", { time: iso(START_MS + atMs) })).json().error.message).toMatch(/no footage near/);
  });

  it("is not sent again to who has it", async () => {
    const first = await get("thumbnail", { time: iso(START_MS) });
    const headers = { "if-none-match": String(first.headers.etag) };
    const second = await get("thumbnail", { time: iso(START_MS) }, { headers });
    expect([second.statusCode, second.rawPayload.length]).toEqual([304, 0]);
    const head = await get("thumbnail", { time: iso(START_MS) }, { method: "HEAD" });
    expect(head.headers["content-length"]).toBe(String(first.rawPayload.length));
  });
});

it("a frame is the one of its time; where there is no footage there is none", async () => {
  const answer = await get("frame", { time: iso(START_MS + 1234) });
  expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
  expect(answer.headers[PICTURE_TIME_HEADER]).toBe(iso(START_MS + 1200));
  for (const atMs of [-1000, SECONDS * 1000 + 1000])
    expect((await get("frame", { time: iso(START_MS + atMs) })).statusCode).toBe(404);
});

describe("a sheet of thumbnails", () => {
  const sheetOf = (answer: { headers: Record<string, unknown> }) =>
    ThumbnailSheet.parse(JSON.parse(String(answer.headers[SHEET_HEADER])));

  it("has those of its span and no others, evenly spread where more are there than wanted", async () => {
    const span = (from: number, to: number) => ({ start: iso(START_MS + from), end: iso(START_MS + to) });
    const all = await get("thumbnails", span(-500_000, 500_000));
    expect(all.statusCode, all.body.slice(0, 200)).toBe(200);
    expect(sheetOf(all)).toEqual({
      ...{ tile_width: 320, tile_height: 240, tile_step: 240 },
      times_ms: [0, 10_000, 20_000].map((ms) => START_MS + ms),
    });
    expect(sheetOf(await get("thumbnails", span(5000, 15_000))).times_ms).toEqual([START_MS + 10_000]);
    expect(sheetOf(await get("thumbnails", { ...span(0, 25_000), count: 1 })).times_ms).toEqual([START_MS + 10_000]);
    expect((await get("thumbnails", span(100_000, 900_000))).statusCode).toBe(404);
  });

  it("goes on where a file is gone", async () => {
    const name = await installation.addSegment(id, START_MS + 100_000, 8000);
    await rename(installation.path(id, name), `${installation.path(id, name)}.away`);
    const answer = await get("thumbnails", { start: iso(START_MS), end: iso(START_MS + 120_000) });
    expect(sheetOf(answer).times_ms).toHaveLength(3);
  });
});

it.each([
  ["thumbnail", { time: "yesterday" }, "time"],
  ["thumbnail", { time: iso(START_MS), width: 15 }, "width"],
  ["thumbnail", { time: iso(START_MS), width: 1921 }, "width"],
  ["frame", {}, "time"],
  ["thumbnails", { start: iso(START_MS), end: iso(START_MS) }, "end"],
  ["thumbnails", { start: iso(START_MS), end: iso(START_MS + 1000), count: 65 }, "count"],
  ["playlist.m3u8", { start: iso(START_MS), end: iso(START_MS + 1000), variant: "sync", speed: 0 }, "speed"],
  ["playlist.m3u8", { start: iso(START_MS), end: iso(START_MS + 1000), variant: "slow" }, "variant"],
])("%s refuses %j and names the field", async (path, query: Record<string, string | number>, field) => {
  const answer = await get(path, query);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.details.fields[0].field).toBe(field);
});

it("another tenant's pictures do not exist, and nobody sees any without the permission", async () => {
  const theirs = await installation.tokenFor("grace", "Administrator", await installation.addTenant());
  const unpermitted = await installation.apiToken([]);
  const time = { time: iso(START_MS) };
  const span = { start: iso(START_MS), end: iso(START_MS + 1000) };
  for (const [path, query] of [
    ["thumbnail", time],
    ["frame", time],
    ["thumbnails", span],
  ] as const) {
    expect((await get(path, query, { token: theirs })).statusCode).toBe(404);
    expect((await get(path, query, { token: unpermitted })).statusCode).toBe(403);
    expect((await get(path, query, { token: null })).statusCode).toBe(401);
  }
});
