import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { BUILT_IN_DEFAULTS } from "../recording/camera-settings.ts";
import type { ScheduleWindow } from "../recording/schedule.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

const WORK: ScheduleWindow[] = [{ days: ["mon", "fri"], start: "08:00", end: "18:00", mode: "continuous" }];
const NIGHT: ScheduleWindow[] = [{ days: ["sat"], start: "22:00", end: "06:00", mode: "motion" }];
const { recording: BUILT_IN } = BUILT_IN_DEFAULTS;

/** What the rules by which cameras record (schedules, defaults, changes to many cameras) promise on every database. */
export function rulesContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let database: FreshDatabase;
  let catalog: Catalog;

  beforeEach(async () => {
    database = await freshDatabase();
    catalog = await openCatalog({ databaseUrl: database.url, clock: new SimulatedClock(NOW_MS), log: silentLog });
    await database.execute("insert into tenants (name) values ('Second')");
  });
  afterEach(() => catalog.close());

  const first = () => catalog.tenant(1);
  const second = () => catalog.tenant(2);
  const addSchedule = (tenantId = 1, name = "Work") =>
    catalog.tenant(tenantId).schedules.create({ name, windows: WORK });
  const addCamera = (recording: object, tenantId = 1) =>
    catalog.tenant(tenantId).cameras.create({ ...CAMERA, recording });
  const setDefaults = (recording: object, tenantId = 1) =>
    catalog
      .tenant(tenantId)
      .recordingDefaults.update((present) => ({ ...present, recording: { ...present.recording, ...recording } }));
  const wrong = (field: string) => ({ code: "invalid_field", details: { fields: [{ field }] } });

  describe("schedules", () => {
    it("are kept, changed in part, and listed page by page", async () => {
      const work = await addSchedule();
      expect(work).toEqual({ id: work.id, name: "Work", windows: WORK });
      const night = await first().schedules.create({ name: "Night", windows: NIGHT });
      const changed = await first().schedules.update(work.id, { windows: NIGHT });
      expect(changed).toEqual({ before: work, after: { ...work, windows: NIGHT } });
      expect(await first().schedules.get(work.id)).toEqual({ ...work, windows: NIGHT });
      const page = await first().schedules.list({ limit: 1 });
      const rest = await first().schedules.list({ limit: 1, cursor: page.nextCursor ?? "" });
      expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual([work.id, night.id]);
    });

    it("have names of their own within a tenant", async () => {
      const work = await addSchedule();
      const other = await addSchedule(1, "Other");
      await expect(addSchedule()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("Work") });
      const renaming = first().schedules.update(other.id, { name: "Work" });
      await expect(renaming).rejects.toMatchObject({ code: "conflict" });
      expect((await first().schedules.update(work.id, { name: "Work" }))?.after).toEqual(work);
      expect(await addSchedule(2)).toMatchObject({ name: "Work" });
    });

    it("of another tenant do not exist, neither for who asks nor for a camera", async () => {
      const { id } = await addSchedule();
      expect(await second().schedules.get(id)).toBeUndefined();
      expect(await second().schedules.update(id, { name: "Mine" })).toBeUndefined();
      expect(await second().schedules.remove(id)).toEqual({ kind: "unknown" });
      expect((await second().schedules.list({ limit: 10 })).items).toEqual([]);
      const refused = wrong("recording.schedule_id");
      await expect(addCamera({ schedule_id: id }, 2)).rejects.toMatchObject(refused);
      const own = await addCamera({}, 2);
      const moving = second().cameras.update(own.id, () => ({ recording: { schedule_id: id } }));
      await expect(moving).rejects.toMatchObject(refused);
      const rules = await catalog.acrossTenants.recordingRules();
      expect([rules.windowsOf(1, id), rules.windowsOf(2, id)]).toEqual([WORK, null]);
    });

    it("stay while a camera names them, or records by them as the default, and say which", async () => {
      const work = await addSchedule();
      const door = await addCamera({ mode: "motion", schedule_id: work.id });
      expect(await first().schedules.remove(work.id)).toEqual({
        kind: "in_use",
        cameras: [{ id: door.id, name: "Door" }],
        isDefault: false,
      });
      await first().cameras.update(door.id, () => ({ recording: {} }));
      await setDefaults({ schedule_id: work.id });
      expect(await first().schedules.remove(work.id)).toMatchObject({ kind: "in_use", cameras: [], isDefault: true });
      await first().cameras.update(door.id, () => ({ recording: { mode: "scheduled" } }));
      expect(await first().schedules.remove(work.id)).toMatchObject({ cameras: [{ id: door.id }], isDefault: true });
      await first().cameras.remove(door.id);
      await setDefaults({ schedule_id: null });
      expect(await first().schedules.remove(work.id)).toEqual({ kind: "removed", schedule: work });
      expect(await first().schedules.remove(work.id)).toEqual({ kind: "unknown" });
    });

    it("cannot vanish at the moment in which a camera is given them", async () => {
      for (let round = 0; round < 5; round++) {
        const { id } = await addSchedule(1, `Work ${round}`);
        const [made, removal] = await Promise.allSettled([
          addCamera({ mode: "scheduled", schedule_id: id }),
          first().schedules.remove(id),
        ]);
        if (removal.status === "rejected") throw removal.reason;
        expect(removal.value.kind).toBe(made.status === "fulfilled" ? "in_use" : "removed");
      }
    });
  });

  describe("cameras in mode scheduled", () => {
    it("have a schedule, their own or the default one", async () => {
      const needed = wrong("recording.schedule_id");
      await expect(addCamera({ mode: "scheduled" })).rejects.toMatchObject(needed);
      const { id } = await addSchedule();
      const own = await addCamera({ mode: "scheduled", schedule_id: id });
      const without = first().cameras.update(own.id, () => ({ recording: { mode: "scheduled" } }));
      await expect(without).rejects.toMatchObject(needed);
      await setDefaults({ schedule_id: id });
      expect(await addCamera({ mode: "scheduled" })).toMatchObject({ recording: { mode: "scheduled" } });
    });
  });

  describe("recording defaults", () => {
    it("are the built-in ones until changed; what was changed is kept, the rest stays built in", async () => {
      expect(await first().recordingDefaults.get()).toEqual(BUILT_IN_DEFAULTS);
      const changed = await first().recordingDefaults.update((present) => {
        expect(present).toEqual({ recording: {}, audio: null });
        return { recording: { retention_days: 7 }, audio: { enabled: false, codec: "aac" } };
      });
      const { storage } = BUILT_IN_DEFAULTS;
      const after = { recording: { ...BUILT_IN, retention_days: 7 }, audio: { enabled: false, codec: "aac" }, storage };
      expect(changed).toEqual({ before: BUILT_IN_DEFAULTS, after });
      await catalog.close();
      catalog = await openCatalog({ databaseUrl: database.url, clock: new SimulatedClock(NOW_MS), log: silentLog });
      expect(await first().recordingDefaults.get()).toEqual(after);
      expect((await catalog.acrossTenants.recordingRules()).defaultsOf(1)).toEqual(after);
    });

    it("in mode scheduled name a schedule that exists, and nothing is changed otherwise", async () => {
      const foreign = await addSchedule(2, "Foreign");
      for (const recording of [
        { mode: "scheduled" },
        { schedule_id: 4711 },
        { mode: "scheduled", schedule_id: foreign.id },
      ])
        await expect(setDefaults(recording)).rejects.toMatchObject(wrong("defaults.schedule_id"));
      expect(await first().recordingDefaults.get()).toEqual(BUILT_IN_DEFAULTS);
    });

    it("with another tenant's schedule leave nobody without footage", async () => {
      const { id } = await addSchedule();
      await setDefaults({ mode: "scheduled", schedule_id: id });
      const theirs = { ...BUILT_IN, mode: "continuous", schedule_id: null };
      expect((await first().recordingDefaults.get()).recording).toMatchObject({ mode: "scheduled", schedule_id: id });
      expect((await second().recordingDefaults.get()).recording).toEqual(theirs);
      const rules = await catalog.acrossTenants.recordingRules();
      expect([rules.defaultsOf(1).recording.mode, rules.defaultsOf(2).recording]).toEqual(["scheduled", theirs]);
    });

    it("keep their schedule as long as cameras record by it, and name those", async () => {
      const { id } = await addSchedule();
      await setDefaults({ schedule_id: id });
      const camera = await addCamera({ mode: "scheduled" });
      await expect(setDefaults({ schedule_id: null })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining(`Door (${camera.id})`),
        details: { camera_ids: [camera.id] },
      });
      expect((await first().recordingDefaults.get()).recording.schedule_id).toBe(id);
      await first().cameras.remove(camera.id);
      await setDefaults({ schedule_id: null });
    });

    it("changed at the same time keep every change", async () => {
      await Promise.all([
        setDefaults({ retention_days: 1 }),
        setDefaults({ segment_seconds: 60 }),
        setDefaults({ pre_event_seconds: 9 }, 2),
      ]);
      const { recording } = await first().recordingDefaults.get();
      expect(recording).toMatchObject({ retention_days: 1, segment_seconds: 60, pre_event_seconds: 9 });
    });
  });

  describe("the same change to many cameras", () => {
    const three = async () => [await addCamera({}), await addCamera({}), await addCamera({})];

    it("is made to all of them, each once, by id", async () => {
      const cameras = await three();
      const ids = cameras.map(({ id }) => id);
      const outcome = await first().cameras.updateMany([...ids, ...ids].reverse(), () => ({ timeZone: "UTC" }));
      expect(outcome).toEqual({
        kind: "changed",
        cameras: cameras.map((camera) => ({ before: camera, after: { ...camera, timeZone: "UTC" } })),
      });
      expect((await first().cameras.list({ limit: 9 })).items.map((one) => one.timeZone)).toEqual([
        "UTC",
        "UTC",
        "UTC",
      ]);
    });

    it("is made to none where one is missing, removed or another tenant's, or does not allow it", async () => {
      const cameras = await three();
      const ids = cameras.map(({ id }) => id);
      const removed = (await first().cameras.remove((await addCamera({})).id))?.id ?? 0;
      const foreign = (await addCamera({}, 2)).id;
      const change = () => ({ timeZone: "UTC" });
      const asked = [...ids, 4711, removed, foreign];
      expect(await first().cameras.updateMany(asked, change)).toEqual({
        kind: "missing",
        ids: [removed, foreign, 4711],
      });
      const refusing = first().cameras.updateMany(ids, (present) => {
        if (present.id === ids[2]) throw new Error("not this one");
        return change();
      });
      await expect(refusing).rejects.toThrow("not this one");
      const unscheduled = first().cameras.updateMany(ids, () => ({ recording: { mode: "scheduled" } }));
      await expect(unscheduled).rejects.toMatchObject(wrong("recording.schedule_id"));
      expect((await first().cameras.list({ limit: 9 })).items).toEqual(cameras);
      expect(await second().cameras.get(foreign)).toMatchObject({ timeZone: CAMERA.timeZone });
    });

    it("and changes to some of them at the same time all take effect", async () => {
      const ids = (await three()).map(({ id }) => id);
      const { id: schedule_id } = await addSchedule();
      const scheduled = (present: { recording: object }) => ({ recording: { ...present.recording, schedule_id } });
      const days = (present: { recording: object }) => ({
        recording: { ...present.recording, schedule_id, retention_days: 3 },
      });
      await Promise.all([
        first().cameras.updateMany(ids, scheduled),
        ...[...ids].reverse().map((id) => first().cameras.update(id, days)),
        first().cameras.updateMany([...ids].reverse(), (present) => ({ name: `${present.name}!` })),
        first().schedules.update(schedule_id, { windows: NIGHT }),
        setDefaults({ segment_seconds: 60 }),
      ]);
      for (const camera of (await first().cameras.list({ limit: 9 })).items)
        expect(camera).toMatchObject({ name: "Door!", recording: { schedule_id, retention_days: 3 } });
    });
  });
}
