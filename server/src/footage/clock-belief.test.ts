import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { ClockBelief } from "./clock-belief.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
const START_MS = Date.UTC(2026, 3, 9);
const folder = testFolder();
let files = 0;

async function belief(change: { startMs?: number; path?: string; confirmedMs?: number; sign?: string } = {}) {
  files += 1;
  const clock = new SimulatedClock(change.startMs ?? START_MS);
  const path = change.path ?? join(folder, String(files));
  const own = await ClockBelief.open({
    ...{ clock, path, newestMs: START_MS - HOUR_MS },
    confirmedMs: () => change.confirmedMs ?? null,
    signsOfSync: change.sign === undefined ? [] : [change.sign],
  });
  return { clock, path, belief: own };
}

describe("the clock", () => {
  it("is believed while it goes on, however long, and not for ten minutes after it was set", async () => {
    const { clock, belief: own } = await belief();
    for (let day = 0; day < 50; day += 1) {
      expect(await own.judge()).toEqual({ kind: "believed" });
      clock.advance(23 * HOUR_MS);
    }
    clock.step(-2 * HOUR_MS);
    expect(await own.judge()).toMatchObject({ kind: "stepped" });
    clock.advance(599_000);
    expect(await own.judge()).toMatchObject({ kind: "stepped" });
    clock.advance(2000);
    expect(await own.judge()).toEqual({ kind: "believed" });
  });

  it("is not believed when it is a year ahead: not in ten minutes, not in days of footage, not by the next worker", async () => {
    const { clock, belief: own, path } = await belief();
    await own.judge();
    clock.step(YEAR_MS);
    for (let hour = 0; hour < 100; hour += 1) {
      expect((await own.judge()).kind).not.toBe("believed");
      clock.advance(HOUR_MS);
    }
    const next = await belief({ path, startMs: START_MS + YEAR_MS });
    expect(await next.belief.judge()).toEqual({ kind: "ahead", believedMs: START_MS });
    await next.belief.confirm();
    expect(await next.belief.judge()).toEqual({ kind: "believed" });
  });

  it("is measured by the newest footage where nothing else is known, by what the server confirms, and by a time service", async () => {
    const startMs = START_MS + 3 * DAY_MS;
    expect((await (await belief({ startMs })).belief.judge()).kind).toBe("ahead");
    expect((await (await belief({ startMs, confirmedMs: startMs - HOUR_MS })).belief.judge()).kind).toBe("believed");
    const sign = join(folder, "synchronized");
    await writeFile(sign, "");
    await utimes(sign, startMs / 1000, startMs / 1000);
    expect((await (await belief({ startMs, sign })).belief.judge()).kind).toBe("believed");
    await utimes(sign, START_MS / 1000, START_MS / 1000);
    expect((await (await belief({ startMs, sign })).belief.judge()).kind).toBe("ahead");
  });
});
