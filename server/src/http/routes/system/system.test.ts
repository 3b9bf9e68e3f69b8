import { SystemStatus } from "@nightjar/api/system";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissionsOf } from "../../../access/roles.ts";
import type { CameraFigures } from "../../../manager/camera-figures.ts";
import { CAMERA_PASSWORD, type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.close());

function figuresOf(cameraId: number, more: Partial<CameraFigures> = {}): CameraFigures {
  return {
    tenantId: 1,
    cameraId,
    wanted: true,
    counters: {
      received_bytes: 5000,
      received_frames: 250,
      recorded_bytes: 4000,
      buffer_bytes: 300,
      disk_queue_bytes: 20,
    },
    gapSeconds: new Map([
      ["camera_offline", 12.5],
      ["disk_full", 3],
    ]),
    status: {
      camera_id: cameraId,
      connection: "connected",
      cause: null,
      last_error: `rtsp://viewer:${CAMERA_PASSWORD}@10.0.0.7/ does not answer`,
      recording: true,
      recording_kind: "continuous",
      bitrate_bps: 2_000_000,
      fps: 25,
      video_codec: "h264",
      width: 640,
      height: 360,
      audio_codec: null,
      key_frame_interval_seconds: 2,
      last_frame_at: null,
      clock_drift_ms: -40,
      worker: {
        name: `1-${cameraId}`,
        pid: process.pid,
        restarts: 3,
        parked: false,
        started_at: new Date(NOW_MS).toISOString(),
      },
    },
    ...more,
  };
}

/** Reads the exposition format 0.0.4 line by line; throws for a line that is none of it. */
function parseMetrics(text: string) {
  const types = new Map<string, string>();
  const series = new Map<string, number>();
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.split("\n")) {
    if (line === "" || /^# HELP [a-z_]+ \S/.test(line)) continue;
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type?.[1] !== undefined) {
      expect(types.has(type[1]), `${type[1]} is declared twice`).toBe(false);
      types.set(type[1], type[2] ?? "");
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[\d.e+-]+|\+Inf)$/.exec(line);
    if (sample === null) throw new Error(`no metric: ${line}`);
    const [, name = "", labels = "", value] = sample;
    expect(types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/, "")) === "histogram", line).toBe(true);
    expect(series.has(name + labels), `${name}${labels} is there twice`).toBe(false);
    series.set(name + labels, Number(value));
  }
  return { types, series };
}

async function metrics() {
  const answer = await installation.call({ url: "/metrics" });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(answer.headers["cache-control"]).toBe("no-store");
  return { ...parseMetrics(answer.body), text: answer.body };
}

describe.each(["/metrics", "/api/system/status"])("%s", (url) => {
  it("is for system.edit alone, by session or by token", async () => {
    const status = async (token: string | null) => (await installation.call({ url, token })).statusCode;
    expect(await status(null)).toBe(401);
    expect(await status("no-such-token")).toBe(401);
    expect(await status(await installation.tokenFor(`operator of ${url}`, "Operator"))).toBe(403);
    expect(await status(await installation.apiToken(["recordings.view", "settings.edit", "cameras.edit"]))).toBe(403);
    expect(await status(await installation.apiToken(["system.edit"]))).toBe(200);
    expect(await status(installation.admin)).toBe(200);
    expect(permissionsOf("Administrator", 2)).not.toContain("system.edit");
  });
});

describe("the metrics", () => {
  it("tell of each camera what passes, what waits, and what is missing by cause", async () => {
    installation.figures.splice(0, Number.POSITIVE_INFINITY, figuresOf(7));
    const { series, types, text } = await metrics();
    const of = (name: string, more = "") => series.get(`nightjar_camera_${name}{tenant="1",camera="7"${more}}`);
    expect(of("received_bytes_total")).toBe(5000);
    expect(of("received_frames_total")).toBe(250);
    expect(of("recorded_bytes_total")).toBe(4000);
    expect(of("worker_restarts_total")).toBe(3);
    expect(of("gap_seconds_total", ',cause="camera_offline"')).toBe(12.5);
    expect(of("gap_seconds_total", ',cause="disk_full"')).toBe(3);
    expect([of("connected"), of("recording"), of("recording_wanted")]).toEqual([1, 1, 1]);
    expect(of("bitrate_bits_per_second")).toBe(2_000_000);
    expect(of("clock_drift_seconds")).toBe(-0.04);
    expect([of("buffer_bytes"), of("disk_queue_bytes")]).toEqual([300, 20]);
    expect(types.get("nightjar_camera_gap_seconds_total")).toBe("counter");
    expect(types.get("nightjar_camera_buffer_bytes")).toBe("gauge");
    expect(text).not.toContain(CAMERA_PASSWORD);
  });

  it("leave out what is not known, rather than calling it 0", async () => {
    const { status } = figuresOf(8);
    const silent = {
      ...status,
      connection: "offline" as const,
      recording: false,
      bitrate_bps: null,
      clock_drift_ms: null,
    };
    installation.figures.splice(
      0,
      Number.POSITIVE_INFINITY,
      figuresOf(8, { counters: null, status: silent, gapSeconds: new Map() }),
    );
    const { series } = await metrics();
    const known = [...series.keys()].filter((key) => key.startsWith("nightjar_camera_"));
    const names = known.map((key) => /^nightjar_camera_([a-z_]+)/.exec(key)?.[1]).sort();
    expect(names).toEqual([
      "connected",
      "frames_per_second",
      "recording",
      "recording_wanted",
      "worker_parked",
      "worker_restarts_total",
    ]);
    expect(series.get('nightjar_camera_connected{tenant="1",camera="8"}')).toBe(0);
    expect(series.get('nightjar_place_free_bytes{place="data"}')).toBe(250);
    expect(series.get('nightjar_place_size_bytes{place="data"}')).toBe(1000);
    expect(series.has('nightjar_place_free_bytes{place="recordings"}')).toBe(false);
  });

  it("count requests by route and not by address, and every query of the catalog", async () => {
    const before = (await metrics()).series;
    await installation.call({ url: "/api/cameras/4711" });
    await installation.call({ url: "/api/cameras/4712" });
    await installation.call({ url: "/no/such/file.js" });
    await installation.call({ url: "/api/nothing-here" });
    const after = (await metrics()).series;
    const grown = (key: string) => (after.get(key) ?? 0) - (before.get(key) ?? 0);
    const requests = (route: string, status: number) =>
      grown(`nightjar_http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`);
    expect(requests("/api/cameras/:id", 404)).toBe(2);
    expect(requests("other", 404)).toBe(2);
    expect(requests("/metrics", 200)).toBe(1);
    expect(grown("nightjar_catalog_query_duration_seconds_count")).toBeGreaterThan(2);
    expect(grown('nightjar_catalog_query_duration_seconds_bucket{le="+Inf"}')).toBe(
      grown("nightjar_catalog_query_duration_seconds_count"),
    );
    expect([...after.keys()].join("\n")).not.toMatch(/4711|nothing-here|no\/such/);
    expect(after.get('nightjar_info{version="0.1.0-test"}')).toBe(1);
  });
});

describe("the status of the system", () => {
  it("tells of workers what they use, of places what is free, and what there is", async () => {
    const cameraId = await installation.addCamera();
    await installation.addSegment(cameraId, NOW_MS - 60_000, 30_000);
    const { status } = figuresOf(9);
    installation.figures.splice(
      0,
      Number.POSITIVE_INFINITY,
      figuresOf(cameraId),
      figuresOf(9, {
        status: {
          ...status,
          recording: false,
          connection: "connecting",
          worker: { name: "1-9", pid: null, restarts: 0, parked: true, started_at: null },
        },
      }),
    );
    const answer = await installation.call({ url: "/api/system/status" });
    expect(answer.headers["cache-control"]).toBe("no-store");
    const body = SystemStatus.parse(answer.json());
    const usage = { cpu_percent: expect.any(Number), memory_bytes: expect.any(Number) };
    expect(body).toMatchObject({ version: "0.1.0-test", started_at: new Date(NOW_MS).toISOString() });
    expect(body.server).toEqual({ pid: process.pid, usage });
    expect(body.server.usage?.memory_bytes).toBeGreaterThan(10_000_000);
    const common = { tenant_id: 1 };
    expect(body.workers).toEqual([
      {
        ...common,
        name: `1-${cameraId}`,
        camera_id: cameraId,
        pid: process.pid,
        started_at: new Date(NOW_MS).toISOString(),
        restarts: 3,
        parked: false,
        connection: "connected",
        recording: true,
        usage,
        ffmpeg: body.workers[0]?.ffmpeg,
      },
      {
        ...common,
        name: "1-9",
        camera_id: 9,
        pid: null,
        started_at: null,
        restarts: 0,
        parked: true,
        connection: "connecting",
        recording: false,
        usage: null,
        ffmpeg: null,
      },
    ]);
    expect(body.places).toEqual([
      { name: "data", path: "/srv/nightjar", size_bytes: 1000, free_bytes: 250 },
      { name: "recordings", path: "/mnt/share", size_bytes: null, free_bytes: null },
    ]);
    expect(body.counts).toMatchObject({
      cameras: 1,
      cameras_enabled: 1,
      cameras_recording: 1,
      alerts_open: 0,
      segments: 1,
    });
    expect(body.counts.segment_bytes).toBeGreaterThan(0);
    expect(answer.body).not.toContain(CAMERA_PASSWORD);
  });
});
