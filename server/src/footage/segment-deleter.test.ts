import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Log } from "../base/log.ts";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { parseDeletionLine } from "../recording/deletion.ts";
import type { LockedSpan } from "../recording/lock.ts";
import type { BegunDeletion } from "./deletion-journal.ts";
import { IDENTITY, type MadeSegment, madeSegment } from "./made-segment.contract.ts";
import { newestMoves } from "./moved-segment.ts";
import { type DeleterOptions, SegmentDeleter } from "./segment-deleter.ts";
import { beginVolume } from "./volume.ts";

const NAME = "2026-04-09_14-30-00.mp4";
const NOW_MS = Date.UTC(2026, 4, 9);
const root = testFolder();
let made: MadeSegment;
let count = 0;

beforeAll(async () => {
  made = await madeSegment({ seconds: 2, sound: false });
});

class Crash extends Error {}

/** A camera's folders with one closed segment and its thumbnails, as on a disk of their own. */
async function camera(change: Partial<DeleterOptions> = {}) {
  count += 1;
  const volumePath = join(root, String(count));
  const volume = { path: volumePath, id: await beginVolume(volumePath) };
  const segmentFolder = join(volumePath, "12");
  const thumbnails = join(root, `thumbnails-${count}`);
  for (const folder of [segmentFolder, thumbnails]) await mkdir(folder);
  await writeFile(join(segmentFolder, NAME), made.closed);
  await writeFile(join(thumbnails, "2026-04-09_14-30-00.thumbs"), "pictures");
  const reported: BegunDeletion[] = [];
  const gone: string[] = [];
  const moved: string[] = [];
  const files = { cameraUuid: IDENTITY.cameraUuid, segmentFolder, besideFolders: [thumbnails], volume };
  const options: DeleterOptions = {
    files: () => files,
    locks: () => [],
    lockNowMs: () => NOW_MS,
    journalPath: join(root, `deletions-${count}.jsonl`),
    clock: new SimulatedClock(NOW_MS),
    log: silentLog,
    report: async (deleted) => void reported.push(deleted),
    reportGone: async (name) => void gone.push(name),
    reportMoved: async (name) => void moved.push(name),
    ...change,
  };
  const ledger = async () => {
    const folder = join(segmentFolder, "ledger");
    const names = await readdir(folder).catch(() => []);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return texts.flatMap((text) => text.split("\n")).flatMap((line) => parseDeletionLine(line) ?? []);
  };
  const left = async () => [
    ...(await readdir(segmentFolder)).filter((name) => name !== "ledger"),
    ...(await readdir(thumbnails)),
  ];
  return { options, reported, gone, moved, ledger, left, segmentFolder, volumePath };
}

const WISH = { names: [NAME], cause: "deleted_by_retention", why: "retention" } as const;
const SPAN = { startMs: IDENTITY.startMs, endMs: IDENTITY.startMs + 2000 };

describe("the copy of a segment that was moved to the share", () => {
  const MOVED = { names: [NAME], cause: "moved", why: "moved" } as const;

  it("goes alone: ledger and catalog know where the segment is, and what was made from it stays", async () => {
    const { options, moved, reported, left, segmentFolder } = await camera({
      locks: () => [{ ...SPAN, expiresAtMs: null }],
    });
    expect(await new SegmentDeleter(options).delete(MOVED)).toEqual({ deleted: [], moved: [NAME], refused: [] });
    expect(moved).toEqual([NAME]);
    expect(reported).toEqual([]);
    expect(await left()).toEqual(["2026-04-09_14-30-00.thumbs"]);
    const [told] = await newestMoves(segmentFolder);
    expect(told).toMatchObject({ atMs: NOW_MS, name: NAME, sizeBytes: made.closed.length });
    expect(told?.identity).toMatchObject({
      ...IDENTITY,
      end: { payloadSha256: made.payloadSha256, chain: made.chain },
    });
  });

  it("goes only when it is told where the segment is, whatever step a crash comes at; then it is done again", async () => {
    const steps = ["write moved", "report moved", "unlink moved"];
    for (const dyingAt of steps) {
      const beforeStep = (step: string) => {
        if (step === dyingAt) throw new Crash(step);
      };
      const { options, moved, left, segmentFolder } = await camera({ beforeStep });
      await expect(new SegmentDeleter(options).delete(MOVED)).rejects.toThrow(Crash);
      expect(await left()).toContain(NAME);
      const { beforeStep: _, ...healthy } = options;
      await new SegmentDeleter(healthy).finish();
      expect((await new SegmentDeleter(healthy).delete(MOVED)).moved).toEqual([NAME]);
      expect(await left()).not.toContain(NAME);
      expect(moved.at(-1)).toBe(NAME);
      expect((await newestMoves(segmentFolder)).at(-1)?.name).toBe(NAME);
    }
  });

  it("stays where it is open, another camera's, damaged or on a volume that is away", async () => {
    const { options, segmentFolder, left, volumePath } = await camera();
    await writeFile(join(segmentFolder, "2026-04-09_14-31-00.mp4"), made.open);
    const names = ["2026-04-09_14-31-00.mp4", "2026-04-09_14-32-00.mp4"];
    const { moved, refused } = await new SegmentDeleter(options).delete({ ...MOVED, names });
    expect([moved, refused.map(({ reason }) => reason)]).toEqual([[], ["open", "missing"]]);
    await rm(join(volumePath, ".nightjar-volume"));
    await expect(new SegmentDeleter(options).delete(MOVED)).rejects.toThrow("not at");
    expect(await left()).toContain(NAME);
  });
});

describe("deleting a segment", () => {
  it("takes what lies beside it along, keeps its place in the chain, tells the catalog, and says so in the log", async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, info: (message) => void lines.push(message) };
    const { options, reported, ledger, left, segmentFolder } = await camera({ log });
    const { deleted, refused } = await new SegmentDeleter(options).delete(WISH);
    expect(refused).toEqual([]);
    expect(deleted).toMatchObject([{ name: NAME, ...SPAN, chain: made.chain.value, sizeBytes: made.closed.length }]);
    expect(await left()).toEqual([]);
    expect(await ledger()).toEqual([
      { atMs: NOW_MS, name: NAME, cause: "deleted_by_retention", chain: made.chain.value, span: SPAN },
    ]);
    expect(reported).toEqual(deleted);
    expect(lines).toEqual([`retention: deleting ${join(segmentFolder, NAME)}`]);
  });

  it("is ended at the next start wherever a crash came, and never half done in between", async () => {
    const steps: string[] = [];
    const dry = await camera({ beforeStep: (step) => void steps.push(step) });
    await new SegmentDeleter(dry.options).delete(WISH);
    expect(steps.length).toBeGreaterThan(6);
    for (const [at, step] of steps.entries()) {
      let done = 0;
      const crashing = (): void => {
        done += 1;
        if (done > at) throw new Crash();
      };
      const { options, reported, ledger, left } = await camera();
      const dying = new SegmentDeleter({ ...options, beforeStep: crashing });
      await expect(dying.delete(WISH), step).rejects.toThrow(Crash);
      // Whoever looks now finds the file, or that it was begun to be deleted.
      const begun = (await readFile(options.journalPath, "utf8").catch(() => "")).includes('"deleting"');
      const fileIsThere = (await left()).includes(NAME);
      expect(fileIsThere || begun, step).toBe(true);
      // And again, dying at each step of the ending too.
      for (let again = 0; again < steps.length; again += 1) {
        let calls = 0;
        const next = new SegmentDeleter({
          ...options,
          beforeStep: () => {
            calls += 1;
            if (calls > again) throw new Crash();
          },
        });
        await next.finish().catch(() => {});
      }
      await new SegmentDeleter(options).finish();
      const isDeleted = begun;
      expect(await left(), step).toHaveLength(isDeleted ? 0 : 2);
      const chains = new Set((await ledger()).map(({ chain }) => chain));
      expect(chains, step).toEqual(new Set(isDeleted ? [made.chain.value] : []));
      expect(new Set(reported.map(({ name }) => name)), step).toEqual(new Set(isDeleted ? [NAME] : []));
      // Nothing is left to do.
      await new SegmentDeleter({ ...options, beforeStep: () => expect.unreachable() }).finish();
    }
  });

  it("is refused for what is locked, not closed, of another camera, or no segment; what is missing is told", async () => {
    const locks: LockedSpan[] = [{ startMs: SPAN.endMs - 1, endMs: SPAN.endMs + 1, expiresAtMs: null }];
    const locked = await camera({ locks: () => locks });
    const refusal = async ({ options }: Awaited<ReturnType<typeof camera>>, name = NAME) =>
      (await new SegmentDeleter(options).delete({ ...WISH, names: [name] })).refused[0]?.reason;
    expect(await refusal(locked)).toBe("locked");
    expect(await locked.left()).toContain(NAME);
    const expired = await camera({ locks: () => locks.map((one) => ({ ...one, expiresAtMs: NOW_MS })) });
    expect(await refusal(expired)).toBeUndefined();

    const open = await camera();
    await writeFile(join(open.segmentFolder, NAME), made.open);
    expect(await refusal(open)).toBe("open");
    expect(await refusal(open, "run.part.mp4")).toBe("open");

    const other = await camera();
    const files = { ...other.options.files(), cameraUuid: "00000000-0000-4000-8000-000000000000" };
    expect(await refusal({ ...other, options: { ...other.options, files: () => files } })).toBe("foreign");
    await writeFile(join(other.segmentFolder, "2026-04-09_15-00-00.mp4"), "not a video");
    expect(await refusal(other, "2026-04-09_15-00-00.mp4")).toBe("foreign");
    expect(await refusal(other, "camera.json")).toBe("foreign");
    expect(await refusal(other, "2026-04-09_16-00-00.mp4")).toBe("missing");
    expect(other.gone).toEqual(["2026-04-09_16-00-00.mp4"]);
    expect(other.reported).toEqual([]);
    expect(await other.left()).toContain(NAME);
  });

  it("touches nothing where the volume is another one, or none", async () => {
    const { options, left, volumePath } = await camera();
    await writeFile(join(volumePath, ".nightjar-volume"), JSON.stringify({ volume: "another" }));
    await expect(new SegmentDeleter(options).delete(WISH)).rejects.toThrow(/Another volume/);
    expect(await left()).toContain(NAME);
  });
});

it("a deletion that a failing disk stopped half way is ended ahead of the next one, and not forgotten by it", async () => {
  let fails = true;
  const { options, reported, ledger, left } = await camera({
    beforeStep: (step) => {
      if (step === "write ledger" && fails) throw new Crash();
    },
  });
  const deleter = new SegmentDeleter(options);
  await expect(deleter.delete(WISH)).rejects.toThrow(Crash);
  fails = false;
  await deleter.delete({ ...WISH, names: ["2026-04-09_15-00-00.mp4"] });
  expect(reported.map(({ name }) => name)).toEqual([NAME]);
  expect((await ledger()).map(({ name }) => name)).toEqual([NAME]);
  expect(await left()).toEqual([]);
});
