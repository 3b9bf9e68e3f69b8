import type { LiveEvent } from "@nightjar/api/live-event";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "../../installation.contract.ts";

const WINDOW = { days: ["mon", "tue"], start: "08:00", end: "18:00", mode: "continuous" };

let installation: Installation;
const told: LiveEvent[] = [];
beforeAll(async () => {
  installation = await startInstallation();
  installation.deps.events.subscribe(({ event }) => told.push(event));
});
afterAll(() => installation.close());

const call = (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, payload?: object) =>
  installation.call({ method, url, ...(payload === undefined ? {} : { payload }) });
const create = (name: string, windows: object[] = [WINDOW]) => call("POST", "/api/schedules", { name, windows });
const lastAudited = async () => (await installation.deps.catalog.tenant(1).audit.list({ limit: 1 })).items[0];

describe("a schedule", () => {
  it("is made, changed by merge patch and removed; workers, listeners and the audit hear of each", async () => {
    const made = await create("Work");
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    const url = `/api/schedules/${id}`;
    expect(made.json()).toEqual({ id, name: "Work", windows: [WINDOW] });
    expect(await lastAudited()).toMatchObject({ actor: "ada", action: "schedule.create", object: `schedule ${id}` });

    const night = { ...WINDOW, start: "22:00", end: "06:00", mode: "motion" };
    const changed = await call("PATCH", url, { windows: [night] });
    expect(changed.json()).toEqual({ id, name: "Work", windows: [night] });
    expect((await call("GET", url)).json()).toEqual(changed.json());
    expect((await call("GET", "/api/schedules")).json()).toEqual({ schedules: [changed.json()], next_cursor: null });
    const entry = await lastAudited();
    expect(JSON.parse(entry?.before ?? "")).toEqual(made.json());
    expect(JSON.parse(entry?.after ?? "")).toEqual(changed.json());

    expect((await call("DELETE", url)).statusCode).toBe(204);
    expect(await lastAudited()).toMatchObject({ action: "schedule.delete", after: null });
    for (const method of ["GET", "PATCH", "DELETE"] as const)
      expect((await call(method, url, method === "PATCH" ? {} : undefined)).statusCode).toBe(404);
    expect(installation.ruleChanges).toHaveLength(3);
    expect(told).toEqual(Array(3).fill({ type: "recording_rules.changed" }));
  });

  it("with a name in use is a conflict", async () => {
    await create("Once");
    const again = await create("Once");
    expect(again.statusCode).toBe(409);
    expect(again.json().error.message).toContain("Once");
  });

  it("in use stays, and who uses it is named", async () => {
    const { id } = (await create("Used")).json();
    const recording = { mode: "scheduled", schedule_id: id };
    const camera = { name: "Door", streams: { main: { url: "rtsp://10.0.0.7/main" } }, recording };
    const added = (await call("POST", "/api/cameras", camera)).json();
    await call("PATCH", "/api/settings/recording", { defaults: { schedule_id: id } });
    const refused = await call("DELETE", `/api/schedules/${id}`);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error).toMatchObject({
      code: "conflict",
      message: expect.stringMatching(new RegExp(`default schedule.*Door \\(${added.id}\\)`)),
      details: { camera_ids: [added.id], is_default: true },
    });
    expect((await call("GET", `/api/schedules/${id}`)).statusCode).toBe(200);
    await call("PATCH", "/api/settings/recording", { defaults: { schedule_id: null } });
  });

  it("may be seen by who may watch, and changed by who may change settings", async () => {
    const token = await installation.tokenFor("watcher", "Operator");
    const { id } = (await create("Seen")).json();
    expect((await installation.call({ url: `/api/schedules/${id}`, token })).statusCode).toBe(200);
    const remove = await installation.call({ method: "DELETE", url: `/api/schedules/${id}`, token });
    expect(remove.json().error).toMatchObject({ code: "forbidden", details: { permission: "settings.edit" } });
  });

  it("of another tenant is not there", async () => {
    const { id } = (await create("Mine")).json();
    const tenantId = await installation.addTenant();
    const token = await installation.tokenFor("eve", "Administrator", tenantId);
    const ask = (method: "GET" | "PATCH" | "DELETE") =>
      installation.call({ method, url: `/api/schedules/${id}`, token, ...(method === "PATCH" ? { payload: {} } : {}) });
    for (const method of ["GET", "PATCH", "DELETE"] as const) expect((await ask(method)).statusCode).toBe(404);
    const listed = await installation.call({ url: "/api/schedules", token });
    expect(listed.json().schedules).toEqual([]);
  });

  it.each([
    ["no name", { name: " ", windows: [] }, "name"],
    ["no day", { name: "x", windows: [{ ...WINDOW, days: [] }] }, "windows.0.days"],
    ["a day twice", { name: "x", windows: [{ ...WINDOW, days: ["mon", "mon"] }] }, "windows.0.days"],
    ["an unknown day", { name: "x", windows: [{ ...WINDOW, days: ["someday"] }] }, "windows.0.days.0"],
    ["a start at 24:00", { name: "x", windows: [{ ...WINDOW, start: "24:00" }] }, "windows.0.start"],
    ["a time that is none", { name: "x", windows: [{ ...WINDOW, end: "25:00" }] }, "windows.0.end"],
    ["seconds", { name: "x", windows: [{ ...WINDOW, end: "18:00:00" }] }, "windows.0.end"],
    ["an unknown mode", { name: "x", windows: [{ ...WINDOW, mode: "disabled" }] }, "windows.0.mode"],
    ["too many windows", { name: "x", windows: Array(101).fill(WINDOW) }, "windows"],
    ["an unknown key", { name: "x", windows: [{ ...WINDOW, colour: 1 }] }, "windows.0.colour"],
  ])("with %s is refused, and the field named", async (_, payload, field) => {
    const answer = await call("POST", "/api/schedules", payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.details.fields[0].field).toBe(field);
  });
});
