import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "../../installation.contract.ts";

let installation: Installation;
let ids: number[];
beforeAll(async () => {
  installation = await startInstallation();
  ids = [await installation.addCamera(), await installation.addCamera(), await installation.addCamera()];
});
afterAll(() => installation.close());

const patch = (payload: object) => installation.call({ method: "PATCH", url: "/api/cameras", payload });
const cameras = async () => (await installation.call({ url: "/api/cameras?limit=1000" })).json().cameras;
const audited = async () => (await installation.deps.catalog.tenant(1).audit.list({ limit: 1000 })).items;

describe("the same change to many cameras", () => {
  it("is a merge patch for each; workers, listeners and the audit hear of every one", async () => {
    const told: unknown[] = [];
    const stop = installation.deps.events.subscribe(({ event }) => told.push(event));
    const before = (await audited()).length;
    const answer = await patch({ ids, changes: { recording: { retention_days: 3 }, audio: { enabled: false } } });
    stop();
    expect(answer.statusCode).toBe(200);
    expect(answer.json().cameras).toEqual(await cameras());
    for (const camera of answer.json().cameras)
      expect(camera).toMatchObject({
        recording: { retention_days: 3 },
        audio: { enabled: false, codec: "auto" },
        effective: { recording: { retention_days: 3 } },
      });
    expect(told).toEqual(answer.json().cameras.map((camera: object) => ({ type: "camera.changed", camera })));
    expect(installation.changedCameras.slice(-3)).toEqual(ids);
    expect((await audited()).length).toBe(before + 3);
  });

  it.each([
    ["an unknown id", { recording: { mode: "disabled" } }, [4711], 404, "not_found", undefined],
    [
      "an impossible value",
      { recording: { segment_seconds: 1 } },
      [],
      400,
      "invalid_field",
      "changes.recording.segment_seconds",
    ],
    [
      "a schedule that is none",
      { recording: { schedule_id: 4711 } },
      [],
      400,
      "invalid_field",
      "changes.recording.schedule_id",
    ],
    ["a group that is none", { group_id: 4711 }, [], 400, "invalid_field", "changes.group_id"],
    [
      "mode scheduled without a schedule",
      { recording: { mode: "scheduled" } },
      [],
      400,
      "invalid_field",
      "changes.recording.schedule_id",
    ],
    [
      "another host without the password",
      { streams: { main: { url: "rtsp://10.0.0.66/x" } } },
      [],
      400,
      "invalid_field",
      "changes.password",
    ],
    [
      "a forbidden file",
      { streams: { main: { url: "file:///etc/hostname" } } },
      [],
      400,
      "path_not_allowed",
      undefined,
    ],
    ["an unknown key", { colour: 1 }, [], 400, "invalid_field", "changes.colour"],
  ])("with %s is made to none", async (_, changes, more, status, code, field) => {
    const before = await cameras();
    const answer = await patch({ ids: [...ids, ...more], changes });
    expect(answer.statusCode).toBe(status);
    const { error } = answer.json();
    expect(error.code).toBe(code);
    expect(error.details?.fields?.[0].field).toBe(field);
    if (code === "not_found") expect(error.details).toEqual({ camera_ids: more });
    expect(await cameras()).toEqual(before);
  });

  it("to ten thousand, or to none at all, is refused with a clear error, and the server goes on", async () => {
    const before = await cameras();
    for (const many of [Array.from({ length: 10_000 }, (_, i) => i + 1), []]) {
      const answer = await patch({ ids: many, changes: { enabled: false } });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error.details.fields[0].field).toBe("ids");
    }
    expect(await cameras()).toEqual(before);
  });

  it("to another tenant's camera is made to none, as if it did not exist", async () => {
    const foreign = await installation.addCamera(await installation.addTenant());
    const answer = await patch({ ids: [...ids, foreign], changes: { name: "Mine" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.details).toEqual({ camera_ids: [foreign] });
    expect((await cameras())[0].name).toBe("Door");
  });
});

describe("recording by hand", () => {
  const record = (id: number, payload: object, token = installation.admin) =>
    installation.call({ method: "POST", url: `/api/cameras/${id}/record`, payload, token });
  const connected = (id: number, connection: "connected" | "offline") => {
    const status = { camera_id: id, connection, cause: null } as never;
    installation.statuses.set(id, status);
  };

  it("passes the wish on, says what came of it, and is audited", async () => {
    const [id = 0] = ids;
    connected(id, "connected");
    installation.recordAnswers.set(id, { recording: true, keptSeconds: null });
    expect((await record(id, { action: "start", seconds: 30 })).json()).toEqual({
      recording: true,
      kept_seconds: null,
      message: "Recording, for 30 seconds.",
    });
    expect((await record(id, { action: "stop" })).json().message).toMatch(/goes on recording by its mode/);
    expect(installation.recorded).toEqual([
      { cameraId: id, command: { action: "start", seconds: 30 } },
      { cameraId: id, command: { action: "stop", seconds: null } },
    ]);
    expect((await audited())[0]).toMatchObject({ action: "camera.record.stop", object: `camera ${id}` });
    installation.recordAnswers.set(id, { recording: false, keptSeconds: null });
    expect((await record(id, { action: "stop" })).json()).toMatchObject({
      recording: false,
      message: "Recording by hand has ended.",
    });
    connected(id, "offline");
    expect((await record(id, { action: "start" })).json().message).toMatch(/until it is stopped.*begins when/);
  });

  it.each([
    [{ recording: true, keptSeconds: 10 }, 10, 10, "The last 10 seconds are kept."],
    [{ recording: true, keptSeconds: 4.96 }, undefined, 4.96, "The last 5 seconds are kept."],
    [
      { recording: true, keptSeconds: 3.2 },
      10,
      3.2,
      /^The last 3.2 seconds are kept: that is all the buffer held of the 10/,
    ],
    [{ recording: false, keptSeconds: 0 }, 10, 0, "Nothing was kept: the buffer is empty."],
  ])("%j of %s seconds to keep is told", async (answer, seconds, kept, message) => {
    const [id = 0] = ids;
    installation.recordAnswers.set(id, answer);
    const told = (await record(id, { action: "keep", ...(seconds === undefined ? {} : { seconds }) })).json();
    expect(told.kept_seconds).toBe(kept);
    if (typeof message === "string") expect(told.message).toBe(message);
    else expect(told.message).toMatch(message);
  });

  it("without a worker is unavailable, and not audited as done", async () => {
    const [, id = 0] = ids;
    const before = (await audited()).length;
    const answer = await record(id, { action: "start" });
    expect(answer.statusCode).toBe(503);
    expect(answer.json().error.code).toBe("worker_unavailable");
    expect(await audited()).toHaveLength(before);
  });

  it.each([
    [{}, "action"],
    [{ action: "pause" }, "action"],
    [{ action: "start", seconds: 0 }, "seconds"],
    [{ action: "start", seconds: 100_000 }, "seconds"],
    [{ action: "keep", seconds: "long" }, "seconds"],
  ])("refuses %j", async (payload, field) => {
    const answer = await record(ids[0] ?? 0, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.details.fields[0].field).toBe(field);
  });

  it("is for who may control recordings, and for cameras that are there", async () => {
    const viewer = await installation.tokenFor("viewer", "Viewer");
    const operator = await installation.tokenFor("operator", "Operator");
    const [id = 0] = ids;
    expect((await record(id, { action: "stop" }, viewer)).statusCode).toBe(403);
    expect((await record(id, { action: "stop" }, operator)).statusCode).toBe(200);
    expect((await record(4711, { action: "stop" })).statusCode).toBe(404);
  });
});
