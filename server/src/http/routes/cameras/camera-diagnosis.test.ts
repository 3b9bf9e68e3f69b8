import { GAP_CAUSES, NOT_WANTED_CAUSES } from "@nightjar/api/causes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerState } from "../../../recording/ledger.ts";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const MINUTE_MS = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

let installation: Installation;
let id: number;
beforeAll(async () => {
  installation = await startInstallation();
  id = await installation.addCamera();
});
afterAll(() => installation.close());

const diagnose = async (time?: number, camera = id) => {
  const query = time === undefined ? "" : `?time=${iso(time)}`;
  return (await installation.call({ url: `/api/cameras/${camera}/diagnosis${query}` })).json();
};

describe("why there is no footage", () => {
  const states: LedgerState[] = [
    ...GAP_CAUSES.map((cause) => ({ kind: "gap" as const, cause })),
    ...NOT_WANTED_CAUSES.map((cause) => ({ kind: "not_wanted" as const, cause })),
  ];

  it("is one sentence of its own for every cause, with since when and until when, in the camera's zone", async () => {
    for (const [i, state] of states.entries()) await installation.note(id, NOW_MS + (i + 1) * MINUTE_MS, state);
    await installation.note(id, NOW_MS + 60 * MINUTE_MS, { kind: "recorded", recording: "continuous" });
    installation.clock.advance(3600_000 + 60 * MINUTE_MS);
    const answers = new Set<string>();
    for (const [i, state] of states.entries()) {
      const answer = await diagnose(NOW_MS + (i + 1) * MINUTE_MS + 20_000);
      expect(answer.cause).toBe("cause" in state ? state.cause : undefined);
      expect(answer.answer).toMatch(/^There is no footage of 2026-04-09 16:\d\d:20: [^.]+\.$/);
      answers.add(answer.answer.split(": ")[1].split(", since")[0]);
    }
    expect(answers.size).toBe(states.length);
    const first = await diagnose(NOW_MS + MINUTE_MS + 20_000);
    expect(first).toMatchObject({ camera_id: id, time: iso(NOW_MS + MINUTE_MS + 20_000) });
    expect(first.answer).toBe(
      "There is no footage of 2026-04-09 16:31:20: the camera could not be reached, since 2026-04-09 16:31:00, until 2026-04-09 16:32:00.",
    );
  });

  it("or that there is footage, and of what kind", async () => {
    const startMs = NOW_MS + 61 * MINUTE_MS;
    await installation.addSegment(id, startMs, 30_000);
    const answer = await diagnose(startMs + 10_000);
    expect(answer.cause).toBeNull();
    expect(answer.answer).toMatch(
      /^There is footage of 2026-04-09 17:31:10: it was recorded continuously, .*17:31:00 to .*17:31:30\.$/,
    );
    expect(await diagnose(startMs + 45_000)).toMatchObject({
      cause: "unknown",
      answer: expect.stringContaining("no segment holds it"),
    });
  });

  it("is honest about the future, the time before the camera, and the last seconds", async () => {
    const nowMs = installation.clock.nowMs();
    expect(await diagnose(nowMs + 1000)).toMatchObject({
      cause: null,
      answer: expect.stringContaining("not come yet"),
    });
    expect(await diagnose(NOW_MS - 1000)).toMatchObject({
      cause: null,
      answer: expect.stringContaining("added later"),
    });
    expect(await diagnose()).toMatchObject({
      time: iso(nowMs),
      cause: null,
      answer: expect.stringContaining("so short ago"),
    });
    const other = await installation.addCamera();
    installation.clock.advance(MINUTE_MS);
    expect(await diagnose(nowMs + 1000, other)).toMatchObject({
      cause: "unknown",
      answer: expect.stringContaining("ledger does not tell"),
    });
  });

  it("that goes on is told as such, also where only the manager knows the cause", async () => {
    const nowMs = installation.clock.nowMs();
    const away = await installation.addCamera();
    await installation.note(away, nowMs, { kind: "gap", cause: "auth_failed" });
    const died = await installation.addCamera();
    await installation.note(died, nowMs, { kind: "recorded", recording: "continuous" });
    installation.statuses.set(died, { camera_id: died, cause: "worker_crashed", recording: false } as never);
    installation.clock.advance(MINUTE_MS);
    expect((await diagnose(nowMs + 5000, away)).answer).toMatch(
      /refused the user name or password, since .*, and that goes on\.$/,
    );
    expect(await diagnose(nowMs + 5000, died)).toMatchObject({
      cause: "worker_crashed",
      answer: expect.stringMatching(/crashed, and that goes on\.$/),
    });
  });

  it("of a removed camera is still answered, without checks of a way that is no more", async () => {
    const removed = await installation.addCamera();
    const atMs = installation.clock.nowMs();
    await installation.note(removed, atMs, { kind: "gap", cause: "stopped" });
    installation.clock.advance(MINUTE_MS);
    await installation.call({ method: "DELETE", url: `/api/cameras/${removed}` });
    installation.clock.advance(MINUTE_MS);
    expect(await diagnose(atMs + 1000, removed)).toMatchObject({ cause: "stopped", checks: [] });
    const unknown = await installation.call({ url: "/api/cameras/4711/diagnosis" });
    expect(unknown.statusCode).toBe(404);
    const bad = await installation.call({ url: `/api/cameras/${id}/diagnosis?time=yesterday` });
    expect(bad.json().error.details.fields[0].field).toBe("time");
  });
});

describe("the checks of the way from camera to disk", () => {
  const checks = async (camera: number) =>
    Object.fromEntries(
      (await diagnose(undefined, camera)).checks.map((check: { name: string; ok: boolean }) => [check.name, check.ok]),
    );
  const status = (camera: number, more: object) => ({
    camera_id: camera,
    connection: "connected",
    cause: null,
    last_error: null,
    recording: true,
    last_frame_at: iso(installation.clock.nowMs() - 200),
    worker: { name: "1-1", pid: 4711, restarts: 0, parked: false, started_at: null },
    ...more,
  });
  const WELL = {
    camera: true,
    mode: true,
    worker: true,
    connection: true,
    pictures: true,
    storage: true,
    recording: true,
  };

  it("are all well while it records", async () => {
    const camera = await installation.addCamera();
    installation.statuses.set(camera, status(camera, {}) as never);
    expect(await checks(camera)).toEqual(WELL);
  });

  it("name the step that fails, in the order of the way", async () => {
    const camera = await installation.addCamera();
    const ask = async (more: object) => {
      installation.statuses.set(camera, status(camera, more) as never);
      return checks(camera);
    };
    const offline = { connection: "offline", cause: "camera_offline", recording: false, last_frame_at: null };
    expect(await ask(offline)).toEqual({ ...WELL, connection: false, pictures: false, recording: false });
    expect(await ask({ cause: "disk_full", recording: false })).toEqual({ ...WELL, storage: false, recording: false });
    const stalled = { last_frame_at: iso(installation.clock.nowMs() - 11_000), recording: false };
    expect(await ask(stalled)).toEqual({ ...WELL, pictures: false, recording: false });
    const error = { ...offline, last_error: "10.0.0.7 refuses the connection." };
    installation.statuses.set(camera, status(camera, error) as never);
    const { checks: told } = await diagnose(undefined, camera);
    expect(told.find((check: { name: string }) => check.name === "connection").detail).toContain("refuses");
    expect(told.map((check: { name: string }) => check.name)).toEqual(Object.keys(WELL));
  });

  it("do not miss footage that nobody wants now", async () => {
    const camera = await installation.addCamera();
    const set = (payload: object) => installation.call({ method: "PATCH", url: `/api/cameras/${camera}`, payload });
    installation.statuses.set(camera, status(camera, { recording: false }) as never);
    expect(await checks(camera)).toEqual({ ...WELL, recording: false });
    await set({ recording: { mode: "motion" } });
    expect(await checks(camera)).toEqual(WELL);
    const schedule = { name: "Never", windows: [] };
    const { id: schedule_id } = (
      await installation.call({ method: "POST", url: "/api/schedules", payload: schedule })
    ).json();
    await set({ recording: { mode: "scheduled", schedule_id } });
    expect(await checks(camera)).toEqual(WELL);
    await set({ recording: { mode: "disabled" } });
    expect(await checks(camera)).toEqual({ ...WELL, mode: false });
    await set({ enabled: false });
    installation.statuses.delete(camera);
    expect(await checks(camera)).toMatchObject({ camera: false, worker: false, connection: false });
  });
});
