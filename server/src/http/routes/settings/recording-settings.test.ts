import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HubEvent } from "../../../base/event-hub.ts";
import { type Installation, startInstallation } from "../../installation.contract.ts";

const BUILT_IN = {
  mode: "continuous",
  stream: "main",
  schedule_id: null,
  retention_days: 30,
  segment_seconds: 600,
  segment_max_mb: 3900,
  pre_event_seconds: 5,
  post_event_seconds: 10,
  audio: { enabled: true, codec: "auto" },
};
const URL = "/api/settings/recording";

let installation: Installation;
const told: HubEvent[] = [];
beforeAll(async () => {
  installation = await startInstallation();
  installation.deps.events.subscribe((event) => told.push(event));
});
afterAll(() => installation.close());

const get = async () => (await installation.call({ url: URL })).json().defaults;
const patch = (defaults: object, token = installation.admin) =>
  installation.call({ method: "PATCH", url: URL, payload: { defaults }, token });
const effective = async (id: number) => (await installation.call({ url: `/api/cameras/${id}` })).json().effective;

describe("the recording defaults", () => {
  it("are the built-in ones at first, and a merge patch changes them; null makes the built-in value hold again", async () => {
    expect(await get()).toEqual(BUILT_IN);
    const changed = await patch({ retention_days: 7, audio: { enabled: false } });
    expect(changed.json().defaults).toEqual({
      ...BUILT_IN,
      retention_days: 7,
      audio: { enabled: false, codec: "auto" },
    });
    await patch({ segment_seconds: 60, audio: { codec: "opus" } });
    const both = { retention_days: 7, segment_seconds: 60, audio: { enabled: false, codec: "opus" } };
    expect(await get()).toEqual({ ...BUILT_IN, ...both });
    const back = await patch({ retention_days: null, segment_seconds: null, audio: null });
    expect(back.json().defaults).toEqual(BUILT_IN);
    expect((await installation.call({ method: "PATCH", url: URL, payload: {} })).json().defaults).toEqual(BUILT_IN);
  });

  it("are what cameras do that have no value of their own; workers, listeners and the audit hear of a change", async () => {
    const id = await installation.addCamera();
    await installation.call({
      method: "PATCH",
      url: `/api/cameras/${id}`,
      payload: { recording: { segment_seconds: 30 } },
    });
    const before = installation.ruleChanges.length;
    await patch({ retention_days: 3, segment_seconds: 120, audio: { codec: "aac" } });
    expect(await effective(id)).toMatchObject({
      recording: { retention_days: 3, segment_seconds: 30 },
      audio: { enabled: true, codec: "aac" },
    });
    const listed = (await installation.call({ url: "/api/cameras" })).json().cameras[0];
    expect(listed.effective).toEqual(await effective(id));
    expect(installation.ruleChanges).toHaveLength(before + 1);
    expect(told.at(-1)).toEqual({ tenantId: null, event: { type: "recording_rules.changed" } });
    const [entry] = (await installation.deps.catalog.tenant(1).audit.list({ limit: 1 })).items;
    expect(entry).toMatchObject({ actor: "ada", action: "settings.recording.update" });
    expect(JSON.parse(entry?.before ?? "").defaults).toMatchObject({ retention_days: 30 });
    expect(JSON.parse(entry?.after ?? "").defaults).toMatchObject({ retention_days: 3 });
    await patch({ retention_days: null, segment_seconds: null, audio: null });
  });

  it("a first own audio setting of a camera keeps the inherited rest", async () => {
    const id = await installation.addCamera();
    await patch({ audio: { codec: "opus" } });
    const off = { method: "PATCH", url: `/api/cameras/${id}`, payload: { audio: { enabled: false } } } as const;
    expect((await installation.call(off)).json().audio).toEqual({ enabled: false, codec: "opus" });
    await patch({ audio: null });
  });

  it("in mode scheduled need a schedule that exists", async () => {
    for (const defaults of [{ mode: "scheduled" }, { schedule_id: 4711 }]) {
      const refused = await patch(defaults);
      expect(refused.statusCode).toBe(400);
      expect(refused.json().error.details.fields[0].field).toBe("defaults.schedule_id");
    }
    const schedule = { name: "Always", windows: [] };
    const { id } = (await installation.call({ method: "POST", url: "/api/schedules", payload: schedule })).json();
    expect((await patch({ mode: "scheduled", schedule_id: id })).json().defaults).toMatchObject({ schedule_id: id });
    const refused = await patch({ schedule_id: null });
    expect(refused.statusCode).toBe(400);
    expect((await patch({ mode: null, schedule_id: null })).json()).toMatchObject({ defaults: BUILT_IN });
  });

  it.each([
    ["segment_seconds", 5],
    ["segment_max_mb", 5000],
    ["pre_event_seconds", 61],
    ["post_event_seconds", -1],
    ["retention_days", "long"],
    ["mode", "sometimes"],
    ["colour", 1],
  ])("refuse %s %j, and nothing is changed", async (field, value) => {
    const refused = await patch({ [field]: value, stream: "sub" });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().error.details.fields[0].field).toBe(`defaults.${field}`);
    expect(await get()).toEqual(BUILT_IN);
  });

  it("are for who may change settings, and only the installation's own administrators change them", async () => {
    const operator = await installation.tokenFor("operator", "Operator");
    expect((await patch({ retention_days: 1 }, operator)).statusCode).toBe(403);
    const customer = await installation.tokenFor("customer", "Administrator", await installation.addTenant());
    const seen = await installation.call({ url: URL, token: customer });
    // Where the server keeps its files is no customer's business.
    expect(seen.json()).toMatchObject({ defaults: BUILT_IN, storage: { path: "" } });
    expect((await patch({ retention_days: 1 }, customer)).json().error).toMatchObject({ code: "forbidden" });
    expect(await get()).toEqual(BUILT_IN);
  });
});
