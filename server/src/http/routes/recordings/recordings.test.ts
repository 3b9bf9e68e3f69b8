import { unlink } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

/** The camera is made at NOW_MS; footage lies after it. */
const START_MS = NOW_MS + 10_000;
const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
let id: number;
let names: string[];
beforeAll(async () => {
  installation = await startInstallation();
  id = await installation.addCamera();
  names = [
    await installation.addSegment(id, START_MS, 20_000),
    await installation.addSegment(id, START_MS + 20_000, 20_000),
    await installation.addSegment(id, START_MS + 50_000, 20_000, { open: true, runId: "run-2" }),
  ];
  installation.clock.advance(81_000);
});
afterAll(() => installation.close());

const ask = async (what: string, query: Record<string, string | number>) =>
  installation.call({ url: `/api/recordings/${what}?${new URLSearchParams({ camera_id: String(id), ...query })}` });
const span = (startMs: number, endMs: number) => ({ start: iso(startMs), end: iso(endMs) });

describe("segments", () => {
  it("are listed oldest first, page by page, the open one as far as it is written", async () => {
    const first = (await ask("segments", { limit: 2 })).json();
    expect(first.segments.map((s: { name: string }) => s.name)).toEqual(names.slice(0, 2));
    expect(first.segments[0]).toEqual({
      camera_id: id,
      name: names[0],
      start: iso(START_MS),
      end: iso(START_MS + 20_000),
      duration_seconds: 20,
      size_bytes: 40_100,
      state: "closed",
      kind: "continuous",
      run_id: "run-1",
      payload_sha256: "0f".repeat(32),
      on_share: false,
      url: `/api/recordings/segment/${id}/${names[0]}`,
    });
    const rest = (await ask("segments", { limit: 2, cursor: first.next_cursor })).json();
    expect(rest.next_cursor).toBeNull();
    expect(rest.segments).toMatchObject([
      { name: names[2], state: "open", end: iso(START_MS + 70_000), payload_sha256: null },
    ]);
  });

  it("are those of the asked span; an open one that ends before it is not among them", async () => {
    const within = async (startMs: number, endMs: number) =>
      (await ask("segments", span(startMs, endMs))).json().segments.map((s: { name: string }) => s.name);
    expect(await within(START_MS + 20_000, START_MS + 50_000)).toEqual([names[1]]);
    expect(await within(START_MS + 71_000, START_MS + 80_000)).toEqual([]);
  });
});

describe("the timeline", () => {
  it("tells recordings and the gaps between them, up to what is known", async () => {
    const timeline = (await ask("timeline", span(NOW_MS - 60_000, NOW_MS + 600_000))).json();
    expect(timeline.recordings).toEqual([
      { ...span(START_MS, START_MS + 40_000), kind: "continuous" },
      { ...span(START_MS + 50_000, START_MS + 70_000), kind: "continuous" },
    ]);
    expect(timeline.gaps).toEqual([
      { ...span(NOW_MS, START_MS), cause: "unknown", wanted: true },
      { ...span(START_MS + 40_000, START_MS + 50_000), cause: "unknown", wanted: true },
    ]);
  });

  it("tells each gap with the cause that the ledger has, and whether footage was wanted", async () => {
    const camera = await installation.addCamera();
    const startMs = installation.clock.nowMs();
    await installation.note(camera, startMs, { kind: "gap", cause: "restarted" });
    await installation.note(camera, startMs + 5000, { kind: "recorded", recording: "continuous" });
    await installation.addSegment(camera, startMs + 5000, 20_000);
    await installation.note(camera, startMs + 25_000, { kind: "gap", cause: "stream_stalled" });
    await installation.note(camera, startMs + 40_000, { kind: "not_wanted", cause: "outside_schedule" });
    installation.clock.advance(90_000);
    const asked = { camera_id: camera, ...span(startMs - 5000, startMs + 60_000) };
    const { recordings, gaps } = (await ask("timeline", asked)).json();
    expect(recordings).toEqual([{ ...span(startMs + 5000, startMs + 25_000), kind: "continuous" }]);
    expect(gaps).toEqual([
      { ...span(startMs, startMs + 5000), cause: "restarted", wanted: true },
      { ...span(startMs + 25_000, startMs + 40_000), cause: "stream_stalled", wanted: true },
      { ...span(startMs + 40_000, startMs + 60_000), cause: "outside_schedule", wanted: false },
    ]);
  });

  it("tells a gap that goes on until now", async () => {
    const without = await installation.addCamera();
    installation.clock.advance(60_000);
    const nowMs = installation.clock.nowMs();
    const timeline = (await ask("timeline", { camera_id: without, ...span(nowMs - 120_000, nowMs + 60_000) })).json();
    expect(timeline.gaps).toEqual([{ ...span(nowMs - 60_000, nowMs - 10_000), cause: "unknown", wanted: true }]);
  });
});

describe("days", () => {
  it("count seconds in the camera's zone", async () => {
    expect((await ask("days", { month: "2026-04" })).json()).toEqual({
      camera_id: id,
      month: "2026-04",
      time_zone: "Europe/Berlin",
      days: [{ date: "2026-04-09", seconds: 60 }],
    });
    expect((await ask("days", { month: "2026-05" })).json().days).toEqual([]);
  });
});

describe("the playlist", () => {
  it("names byte ranges of the files, relative to itself, and the open segment up to its last whole GOP", async () => {
    const answer = await ask("playlist.m3u8", span(START_MS, START_MS + 600_000));
    expect(answer.headers["content-type"]).toContain("application/vnd.apple.mpegurl");
    const lines = answer.body.trim().split("\n");
    expect(lines).toContain("#EXT-X-PLAYLIST-TYPE:EVENT");
    expect(lines).not.toContain("#EXT-X-ENDLIST");
    expect(lines.filter((line) => line === "#EXT-X-DISCONTINUITY")).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("#EXT-X-MAP"))).toEqual(
      names.map((name) => `#EXT-X-MAP:URI="segment/${id}/${name}/init"`),
    );
    const resolved = new URL(lines.at(-1) ?? "", "http://host/api/recordings/playlist.m3u8").pathname;
    expect(resolved).toBe(`/api/recordings/segment/${id}/${names[2]}`);
    expect((await installation.call({ url: resolved })).statusCode).toBe(200);
  });

  it("ends when its span is over", async () => {
    const answer = await ask("playlist.m3u8", span(START_MS + 10_000, START_MS + 30_000));
    expect(answer.body).toMatch(/TYPE:VOD.*#EXT-X-ENDLIST\n$/s);
  });

  it("goes around a file that is missing, and says so when none is there", async () => {
    const other = await installation.addCamera();
    const startMs = installation.clock.nowMs();
    const lost = await installation.addSegment(other, startMs, 20_000);
    const kept = await installation.addSegment(other, startMs + 20_000, 20_000);
    await unlink(installation.path(other, lost));
    const asked = { camera_id: other, ...span(startMs, startMs + 40_000) };
    const answer = await ask("playlist.m3u8", asked);
    expect(answer.body).toContain(kept);
    expect(answer.body).not.toContain(lost);
    await unlink(installation.path(other, kept));
    expect((await ask("playlist.m3u8", asked)).json().error.code).toBe("unavailable");
  });

  it("of a span without footage that is over does not exist; of one that goes on it is empty so far", async () => {
    const over = await ask("playlist.m3u8", span(START_MS - 500_000, START_MS - 400_000));
    expect(over.statusCode).toBe(404);
    expect(over.json().error.message).toMatch(/no footage/);
    const nowMs = installation.clock.nowMs();
    const empty = await installation.addCamera();
    const going = await ask("playlist.m3u8", { camera_id: empty, ...span(nowMs - 1000, nowMs + 60_000) });
    expect(going.statusCode).toBe(200);
    expect(going.body).not.toContain("#EXTINF");
  });

  it("is compressed when it is long and the player can read that", async () => {
    const other = await installation.addCamera();
    const startMs = installation.clock.nowMs();
    await installation.addSegment(other, startMs, 600_000);
    const query = new URLSearchParams({ camera_id: String(other), ...span(startMs, startMs + 600_000) });
    const get = (encoding: string) =>
      installation.call({
        url: `/api/recordings/playlist.m3u8?${query}`,
        headers: { "accept-encoding": encoding },
      });
    const plain = await get("identity");
    const zipped = await get("br, gzip");
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
    expect((await get("gzip;q=0")).headers).not.toHaveProperty("content-encoding");
  });
});

describe("the init segment", () => {
  it("is served with a tag, and not sent again to who has it", async () => {
    const url = `/api/recordings/segment/${id}/${names[0]}/init`;
    const answer = await installation.call({ url });
    expect(answer.headers["content-type"]).toBe("video/mp4");
    expect(answer.rawPayload).toHaveLength(100);
    const again = await installation.call({ url, headers: { "if-none-match": String(answer.headers.etag) } });
    expect(again.statusCode).toBe(304);
    const head = await installation.call({ method: "HEAD", url });
    expect(head.headers["content-length"]).toBe("100");
  });
});

describe("a bad span", () => {
  it.each([
    ["segments", span(START_MS, START_MS), "invalid_field"],
    ["timeline", span(START_MS, START_MS - 1), "invalid_field"],
    ["playlist.m3u8", span(START_MS, START_MS - 1), "invalid_field"],
    ["timeline", span(START_MS, START_MS + 368 * 86_400_000), "span_too_long"],
    ["playlist.m3u8", span(START_MS, START_MS + 8 * 86_400_000), "span_too_long"],
    ["timeline", { start: "yesterday", end: "today" }, "invalid_field"],
    ["timeline", { start: iso(START_MS) }, "invalid_field"],
    ["days", { month: "2026-13" }, "invalid_field"],
    ["days", { month: "April" }, "invalid_field"],
    ["segments", { limit: 0 }, "invalid_field"],
    ["segments", { cursor: "\u0000" }, "invalid_field"],
    ["segments", { camera_id: 4711 }, "not_found"],
    ["segments", { camera_id: -1 }, "invalid_field"],
    ["segments", { camera_id: "1e999" }, "invalid_field"],
  ])("%s %j is %s", async (what, query, code) => {
    const answer = await ask(what, query as Record<string, string | number>);
    expect(answer.json().error.code).toBe(code);
    expect(answer.statusCode).toBe(code === "not_found" ? 404 : 400);
  });
});
