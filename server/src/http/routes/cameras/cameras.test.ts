import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LiveEvent } from "@nightjar/api/live-event";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAMERA_PASSWORD, type Installation, startInstallation } from "../../installation.contract.ts";

let installation: Installation;
const told: LiveEvent[] = [];
beforeAll(async () => {
  installation = await startInstallation();
  installation.deps.events.subscribe(({ event }) => told.push(event));
});
afterAll(() => installation.close());

const RTSP = { name: "Door", streams: { main: { url: "rtsp://10.0.0.7/main" } } };
const create = (payload: object) => installation.call({ method: "POST", url: "/api/cameras", payload });
const patch = (id: number, payload: object) =>
  installation.call({ method: "PATCH", url: `/api/cameras/${id}`, payload });
const audited = async () => (await installation.deps.catalog.tenant(1).audit.list({ limit: 1000 })).items;
const sealedPassword = async (id: number) => {
  const camera = await installation.deps.catalog.tenant(1).cameras.get(id);
  return camera?.passwordSealed ? installation.deps.secretBox.open(camera.passwordSealed) : null;
};

describe("adding a camera", () => {
  it("answers it whole, with what it inherits; its worker, listeners and the audit hear of it", async () => {
    const answer = await create({
      ...RTSP,
      username: "viewer",
      password: CAMERA_PASSWORD,
      recording: { retention_days: 7 },
    });
    expect(answer.statusCode).toBe(201);
    const camera = answer.json();
    expect(camera).toMatchObject({
      name: "Door",
      enabled: true,
      time_zone: "Europe/Berlin",
      streams: { main: { url: "rtsp://10.0.0.7/main" }, sub: null },
      username: "viewer",
      has_password: true,
      recording: { retention_days: 7 },
      audio: null,
      effective: {
        recording: {
          mode: "continuous",
          stream: "main",
          retention_days: 7,
          segment_seconds: 600,
          segment_max_mb: 3900,
        },
        audio: { enabled: true, codec: "auto" },
      },
    });
    expect(installation.changedCameras.at(-1)).toBe(camera.id);
    expect(told.at(-1)).toEqual({ type: "camera.changed", camera });
    expect((await audited())[0]).toMatchObject({
      actor: "ada",
      action: "camera.create",
      object: `camera ${camera.id}`,
    });
    expect((await installation.call({ url: `/api/cameras/${camera.id}` })).json()).toEqual(camera);
    expect(await sealedPassword(camera.id)).toBe(CAMERA_PASSWORD);
  });

  it.each([
    ["another protocol", { ...RTSP, streams: { main: { url: "ftp://10.0.0.7/x" } } }, "streams.main.url"],
    ["a password in the address", { ...RTSP, streams: { main: { url: "rtsp://u:hunter2@h/x" } } }, "streams.main.url"],
    ["an empty name", { ...RTSP, name: " " }, "name"],
    ["an unknown zone", { ...RTSP, time_zone: "Mars/Base" }, "time_zone"],
    ["a segment that is too short", { ...RTSP, recording: { segment_seconds: 1 } }, "recording.segment_seconds"],
    ["an unknown group", { ...RTSP, group_id: 4711 }, "group_id"],
    ["an unknown setting", { ...RTSP, recording: { colour: 1 } }, "recording.colour"],
  ])("names the field of %s and adds nothing", async (_, payload, field) => {
    const before = (await installation.call({ url: "/api/cameras" })).json().cameras.length;
    const answer = await create(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.details.fields[0].field).toBe(field);
    expect(answer.body).not.toContain("hunter2");
    expect((await installation.call({ url: "/api/cameras" })).json().cameras).toHaveLength(before);
  });
});

describe("changing a camera", () => {
  it("is a merge patch", async () => {
    const { id } = (
      await create({ ...RTSP, streams: { ...RTSP.streams, sub: { url: "rtsp://10.0.0.7/sub" } } })
    ).json();
    const changed = await patch(id, { recording: { mode: "disabled", retention_days: 3 }, audio: { enabled: false } });
    expect(changed.json()).toMatchObject({
      name: "Door",
      recording: { mode: "disabled", retention_days: 3 },
      audio: { enabled: false, codec: "auto" },
      streams: { sub: { url: "rtsp://10.0.0.7/sub" } },
    });
    const again = await patch(id, { recording: { mode: null }, streams: { sub: null }, audio: null });
    expect(again.json()).toMatchObject({
      recording: { retention_days: 3 },
      audio: null,
      streams: { main: { url: "rtsp://10.0.0.7/main" }, sub: null },
    });
    expect(again.json().recording).not.toHaveProperty("mode");
  });

  it('keeps the password when it is absent or "", clears it on null, replaces it otherwise', async () => {
    const { id } = (await create({ ...RTSP, password: "first" })).json();
    await patch(id, { name: "Gate" });
    await patch(id, { password: "" });
    expect(await sealedPassword(id)).toBe("first");
    await patch(id, { password: "second" });
    expect(await sealedPassword(id)).toBe("second");
    expect((await patch(id, { password: null })).json().has_password).toBe(false);
    expect(await sealedPassword(id)).toBeNull();
  });

  it("is not there for who may only look", async () => {
    const { id } = (await create(RTSP)).json();
    const token = await installation.tokenFor("viewer", "Viewer");
    const answer = await installation.call({
      method: "PATCH",
      url: `/api/cameras/${id}`,
      payload: { name: "x" },
      token,
    });
    expect(answer.statusCode).toBe(403);
    expect((await installation.call({ url: `/api/cameras/${id}`, token })).json().name).toBe("Door");
  });
});

describe("removing a camera", () => {
  it("takes it from the list, tells everybody, and a second time it is not there", async () => {
    const { id } = (await create(RTSP)).json();
    const remove = () => installation.call({ method: "DELETE", url: `/api/cameras/${id}` });
    expect((await remove()).statusCode).toBe(204);
    expect(told.at(-1)).toEqual({ type: "camera.deleted", camera_id: id });
    expect(installation.changedCameras.at(-1)).toBe(id);
    expect((await remove()).statusCode).toBe(404);
    expect((await installation.call({ url: `/api/cameras/${id}` })).statusCode).toBe(404);
    expect((await patch(id, { name: "x" })).statusCode).toBe(404);
  });
});

describe("a file as a camera", () => {
  it("must lie below an approved folder, links followed", async () => {
    const approved = join(installation.folder, "media");
    await mkdir(approved);
    await writeFile(join(approved, "film.mp4"), "");
    await symlink("/etc/hostname", join(approved, "link.mp4"));
    await symlink("/etc", join(approved, "folder"));
    const add = (url: string) => create({ name: "File", streams: { main: { url } } });
    expect((await add(pathToFileURL(join(approved, "film.mp4")).href)).statusCode).toBe(201);
    for (const url of [
      "file:///etc/hostname",
      "file:///etc/nothing-here",
      pathToFileURL(join(approved, "link.mp4")).href,
      pathToFileURL(join(approved, "folder", "hostname")).href,
      `${pathToFileURL(approved).href}/../../../etc/hostname`,
      pathToFileURL(`${installation.folder}-beside/film.mp4`).href,
    ]) {
      const answer = await add(url);
      expect(answer.json().error?.code, url).toBe("path_not_allowed");
    }
    expect((await add("file://other-machine/share/film.mp4")).statusCode).toBe(400);
    expect((await add(`${pathToFileURL(approved).href}/..%2f..%2fetc%2fhostname`)).statusCode).toBe(400);
    const { id } = (await create(RTSP)).json();
    const moved = await patch(id, { streams: { sub: { url: "file:///etc/hostname" } } });
    expect(moved.json().error.code).toBe("path_not_allowed");
    const probed = await installation.call({
      method: "POST",
      url: "/api/cameras/probe",
      payload: { url: "file:///etc/hostname" },
    });
    expect(probed.json().error.code).toBe("path_not_allowed");
  });
});

describe("probing", () => {
  const probe = (payload: object) => installation.call({ method: "POST", url: "/api/cameras/probe", payload });

  it("uses the stored password for the camera's own host, and never sends it elsewhere", async () => {
    const id = await installation.addCamera();
    const own = await probe({ url: "rtsp://10.0.0.7/other", camera_id: id });
    expect(own.statusCode).toBe(200);
    expect(installation.probed.at(-1)).toEqual({
      url: "rtsp://10.0.0.7/other",
      username: "viewer",
      password: CAMERA_PASSWORD,
      transport: "tcp",
    });
    const count = installation.probed.length;
    const elsewhere = await probe({ url: "rtsp://10.0.0.66/main", camera_id: id });
    expect(elsewhere.statusCode).toBe(400);
    expect(elsewhere.json().error.details.fields[0].field).toBe("password");
    expect(installation.probed).toHaveLength(count);
    expect((await probe({ url: "rtsp://10.0.0.66/main", camera_id: id, password: "given" })).statusCode).toBe(200);
    expect(installation.probed.at(-1)?.password).toBe("given");
    expect((await probe({ url: "rtsp://10.0.0.7/main", camera_id: 4711 })).statusCode).toBe(404);
  });
});

describe("changing the address", () => {
  it("keeps the stored password on the same host, and asks for it again on another", async () => {
    const id = await installation.addCamera();
    expect((await patch(id, { streams: { main: { url: "rtsp://10.0.0.7/other" } } })).statusCode).toBe(200);
    const moved = { streams: { main: { url: "rtsp://10.0.0.66/main" } } };
    for (const change of [moved, { ...moved, password: "" }, { streams: { sub: { url: "rtsp://10.0.0.66/sub" } } }]) {
      const refused = await patch(id, change);
      expect(refused.statusCode).toBe(400);
      expect(refused.json().error.details.fields[0].field).toBe("password");
    }
    const moveAlong = await patch(id, { ...moved, password: "given" });
    expect(moveAlong.json()).toMatchObject({ has_password: true, streams: moved.streams });
  });
});

describe("the status of a camera", () => {
  it("is what its worker said last, and honest before it said anything", async () => {
    const id = await installation.addCamera();
    const ask = async () => (await installation.call({ url: `/api/cameras/${id}/status` })).json();
    expect(await ask()).toMatchObject({ camera_id: id, connection: "connecting", recording: false, worker: null });
    await patch(id, { enabled: false });
    expect(await ask()).toMatchObject({ connection: "disabled" });
    const worker = { name: `1-${id}`, pid: 4711, restarts: 0, parked: false, started_at: null };
    installation.statuses.set(id, { ...(await ask()), connection: "connected", recording: true, worker });
    expect(await ask()).toMatchObject({ connection: "connected", recording: true, worker });
  });
});

describe("a camera's password", () => {
  it("stands in no answer, event, log line or audit entry", async () => {
    const everything = [
      JSON.stringify((await installation.call({ url: "/api/cameras?limit=1000" })).json()),
      JSON.stringify(told),
      JSON.stringify(await audited()),
      installation.logged(),
    ].join("\n");
    expect(everything).toContain("Door");
    expect(everything).not.toContain(CAMERA_PASSWORD);
    expect(everything).not.toMatch(/passwordSealed|password_sealed/);
  });
});

describe("groups", () => {
  it("can be made, renamed, listed and removed, each name once", async () => {
    const call = (method: "POST" | "PATCH" | "DELETE", url: string, name?: string) =>
      installation.call({ method, url, ...(name === undefined ? {} : { payload: { name } }) });
    const made = await call("POST", "/api/groups", "Yard");
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    expect((await call("POST", "/api/groups", "Yard")).json().error.code).toBe("conflict");
    expect((await call("PATCH", `/api/groups/${id}`, "Court")).json()).toEqual({ id, name: "Court" });
    expect((await installation.call({ url: "/api/groups" })).json()).toEqual({
      groups: [{ id, name: "Court" }],
      next_cursor: null,
    });
    expect((await call("DELETE", `/api/groups/${id}`)).statusCode).toBe(204);
    expect((await call("DELETE", `/api/groups/${id}`)).statusCode).toBe(404);
  });
});

describe("API tokens and alerts", () => {
  it("a token is shown once, has no more than its maker's permissions, and ends when revoked", async () => {
    const payload = { name: "script", permissions: ["recordings.view"] };
    const made = await installation.call({ method: "POST", url: "/api/tokens", payload });
    expect(made.statusCode).toBe(201);
    const { id, token } = made.json();
    expect((await installation.call({ url: "/api/cameras", token })).statusCode).toBe(200);
    const listed = await installation.call({ url: "/api/tokens" });
    expect(listed.json().tokens.map((t: { id: number }) => t.id)).toContain(id);
    expect(listed.body).not.toContain(token);
    const viewer = await installation.tokenFor("second-viewer", "Viewer");
    const more = { name: "more", permissions: ["cameras.edit"] };
    const refused = await installation.call({ method: "POST", url: "/api/tokens", payload: more, token: viewer });
    expect(refused.statusCode).toBe(403);
    expect((await installation.call({ method: "DELETE", url: `/api/tokens/${id}` })).statusCode).toBe(204);
    expect((await installation.call({ url: "/api/cameras", token })).statusCode).toBe(401);
  });

  it("an alert is listed until closed, and acknowledged by the first who says so", async () => {
    const { alerts } = installation.deps.catalog.tenant(1);
    const { alert } = await alerts.open({
      kind: "worker_failing",
      about: "",
      cameraIds: [],
      message: "The worker of a camera fails.",
      action: "See the log.",
    });
    const url = `/api/alerts/${alert.id}/acknowledge`;
    const acknowledged = await installation.call({ method: "POST", url });
    expect(acknowledged.json()).toMatchObject({ id: alert.id, until: null, acknowledged_by: "ada" });
    expect(told.at(-1)).toEqual({ type: "alert.changed", alert: acknowledged.json() });
    expect((await installation.call({ url: "/api/alerts?open=true" })).json().alerts).toEqual([acknowledged.json()]);
    expect((await installation.call({ url: "/api/alerts?open=false" })).json().alerts).toEqual([]);
    const unknown = await installation.call({ method: "POST", url: "/api/alerts/4711/acknowledge" });
    expect(unknown.statusCode).toBe(404);
  });
});
