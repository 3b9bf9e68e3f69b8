import { createHash } from "node:crypto";
import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { StoredSegment } from "../catalog/segments.ts";
import { SPAN_HEADER_BYTES } from "../footage/hybrid-mp4.ts";
import { inspectSegment } from "../footage/inspect-segment.ts";
import { readHead, withSegment } from "../footage/segment-scan.ts";
import { writeBox } from "../media/isobmff/box.ts";
import type { CheckOptions } from "../storage/check/check-camera.ts";
import { type CheckReport, checkStorage } from "../storage/check/check-storage.ts";
import type { Finding, FindingKind } from "../storage/check/finding.ts";
import { ALL, answersOf, CAMERA, copyOf, ownedCamera, recordCamera, type Stopped } from "./recorded-camera.contract.ts";

// `nightjar check` on real files: each kind of damage is found, nothing is changed without --fix, and with it all is well again.

const root = testFolder();
const recorded = join(root, "recorded");
let count = 0;

beforeAll(() => recordCamera(recorded));

async function stopped<T>(work: (installation: Stopped) => Promise<T>): Promise<T> {
  const installation = await copyOf(recorded, join(root, `${++count}`));
  try {
    return await work(installation);
  } finally {
    await installation.catalog.close();
  }
}

/** At a moment of the clock of which only `after` goes on: looking again must not wait for ever. */
function clockAt(nowMs: number): Clock {
  const after = (_delayMs: number, action: () => void) => {
    const immediate = setImmediate(action);
    return () => clearImmediate(immediate);
  };
  return { nowMs: () => nowMs, monotonicMs: () => nowMs, after };
}

function look(
  { options }: Stopped,
  how: Partial<Pick<CheckOptions, "deep" | "fix" | "runningWorkers">> & { readonly atMs?: number } = {},
): Promise<CheckReport> {
  const { atMs = options.clock.nowMs(), ...rest } = how;
  return checkStorage({ ...options, clock: clockAt(atMs), deep: false, fix: false, ...rest });
}

function kinds({ findings }: CheckReport, state: Finding["state"]): FindingKind[] {
  return findings
    .filter((finding) => finding.state === state)
    .map((finding) => finding.kind)
    .sort();
}

async function namesOf({ at }: Stopped): Promise<string[]> {
  return (await readdir(at())).filter((name) => name.endsWith(".mp4")).sort();
}

/** Every file with its bytes and time, and what the catalog tells. */
async function everything(installation: Stopped): Promise<string> {
  const hash = createHash("sha256");
  const files = await readdir(installation.options.recordings, { recursive: true, withFileTypes: true });
  for (const file of files
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort())
    hash.update(`${file} ${(await stat(file)).mtimeMs} `).update(await readFile(file));
  return hash.update(await answersOf(installation)).digest("hex");
}

async function rowsOf({ catalog }: Stopped): Promise<readonly StoredSegment[]> {
  return catalog.segments(await ownedCamera(catalog)).within(ALL);
}

async function change(installation: Stopped, row: StoredSegment | undefined, to: Partial<StoredSegment> | null) {
  if (row === undefined) throw new Error("there is no such row");
  const stored = to === null ? [] : [{ ...row, ...to }];
  await installation.catalog.restore.footage(CAMERA, { removed: [row], stored, ledger: [] });
}

/** The file as it was before it was closed, up to `bytes` before its end. */
async function reopen(path: string, lessBytes = 100): Promise<void> {
  const { ftyp, payloadEndBytes } = await withSegment(path, readHead);
  await truncate(path, (payloadEndBytes ?? 0) - lessBytes);
  const handle = await open(path, "r+");
  await handle.write(writeBox("free", Buffer.alloc(SPAN_HEADER_BYTES - 8)), 0, SPAN_HEADER_BYTES, ftyp.length);
  await handle.close();
}

async function overwrite(path: string, atBytes: number, byte: number): Promise<void> {
  const handle = await open(path, "r+");
  await handle.write(Buffer.from([byte]), 0, 1, atBytes);
  await handle.close();
}

interface Damage {
  readonly what: string;
  readonly damage: (installation: Stopped, names: readonly string[]) => Promise<unknown>;
  /** What check tells, also where nothing is done about it. */
  readonly found: readonly FindingKind[];
  /** Of these, what stays whatever is done. */
  readonly stays?: readonly FindingKind[];
  readonly deep?: boolean;
  /** With it, the catalog answers as if nothing had happened. */
  readonly asBefore?: true;
}

const OPEN_ROW = { state: "open", sizeBytes: 0, payloadSha256: null } as const;
const name = (names: readonly string[], at: number) => names.at(at) ?? "";

const DAMAGES: readonly Damage[] = [
  {
    what: "a row that is missing",
    damage: async (one) => change(one, (await rowsOf(one))[3], null),
    found: ["file_without_row"],
    asBefore: true,
  },
  {
    what: "rows that tell something else than their files",
    damage: async (one) => {
      const rows = await rowsOf(one);
      await change(one, rows[1], { sizeBytes: 12, endMs: (rows[1]?.endMs ?? 0) - 500 });
      await change(one, rows[2], {
        state: "repaired",
        startMs: (rows[2]?.startMs ?? 0) + 1,
        payloadSha256: "00".repeat(32),
      });
      await change(one, rows[4], { ...OPEN_ROW, endMs: rows[4]?.startMs ?? 0 });
    },
    found: ["row_differs", "row_differs", "row_differs"],
    asBefore: true,
  },
  { what: "a file that is missing", damage: ({ at }, names) => rm(at(name(names, 3))), found: ["row_without_file"] },
  {
    what: "files that are missing one after the other, the newest too",
    damage: async ({ at }, names) => {
      for (const index of [1, 2, -2, -1]) await rm(at(name(names, index)));
    },
    found: Array.from({ length: 4 }, () => "row_without_file" as const),
  },
  {
    what: "the row of an open segment whose file never came to be",
    damage: async (one) => {
      const last = (await rowsOf(one)).at(-1);
      if (last === undefined) throw new Error("no rows");
      const startMs = last.endMs + 60_000;
      const stored = [{ ...last, ...OPEN_ROW, startMs, endMs: startMs, name: "2026-04-09_22-10-00.mp4" }];
      await one.catalog.restore.footage(CAMERA, { removed: [], stored, ledger: [] });
    },
    found: ["row_without_file"],
  },
  {
    what: "a file and its row that are both gone",
    damage: async (one, names) => {
      await change(one, (await rowsOf(one))[3], null);
      await rm(one.at(name(names, 3)));
    },
    found: ["chain_hole"],
  },
  {
    what: "a segment that a crash left open",
    damage: async (one, names) => {
      await reopen(one.at(name(names, -1)));
      await change(one, (await rowsOf(one)).at(-1), OPEN_ROW);
    },
    found: ["torn_segment"],
  },
  {
    what: "the first segment of a run, left open before it had a name",
    damage: async (one, names) => {
      await reopen(one.at(name(names, -1)));
      await change(one, (await rowsOf(one)).at(-1), null);
      await rename(one.at(name(names, -1)), one.at("00000001-1111-4111-8111-111111111111.part.mp4"));
    },
    found: ["torn_segment"],
  },
  {
    what: "a file that a crash left without a byte",
    damage: ({ at }) => writeFile(at("2026-04-09_22-10-00.mp4"), ""),
    found: ["torn_segment"],
    asBefore: true,
  },
  {
    what: "a file whose end is gone",
    damage: async ({ at }, names) => truncate(at(name(names, 2)), (await stat(at(name(names, 2)))).size - 3000),
    found: ["damaged_segment"],
    stays: ["damaged_segment"],
  },
  {
    what: "a file that has grown",
    damage: ({ at }, names) => appendFile(at(name(names, 2)), "more"),
    found: ["damaged_segment"],
    stays: ["damaged_segment"],
  },
  {
    what: "a file whose beginning was overwritten",
    damage: ({ at }, names) => overwrite(at(name(names, 2)), 5, 0),
    found: ["damaged_segment"],
    stays: ["damaged_segment"],
  },
  {
    what: "footage that was changed",
    damage: async ({ at }, names) => {
      const found = await inspectSegment(at(name(names, 2)));
      if (found.kind === "closed") await overwrite(at(name(names, 2)), found.payload.toBytes - 9, 0xff);
    },
    found: ["changed_payload"],
    stays: ["changed_payload"],
    deep: true,
  },
  {
    what: "a segment that says another hash than it was closed with",
    damage: async ({ at }, names) => {
      const path = at(name(names, 2));
      const found = await inspectSegment(path);
      if (found.kind !== "closed") throw new Error("not closed");
      const place = (await readFile(path)).indexOf(Buffer.from(found.identity.end.payloadSha256, "hex"));
      await overwrite(path, place, Number.parseInt(found.identity.end.payloadSha256.slice(0, 2), 16) ^ 1);
    },
    found: ["chain_broken", "row_differs"],
    stays: ["chain_broken"],
  },
  {
    what: "totals that are wrong",
    damage: ({ database }) => database.execute("update segment_totals set size_bytes = size_bytes + 1"),
    found: ["totals_differ"],
    asBefore: true,
  },
  {
    what: "ledger entries that the catalog lacks or tells otherwise",
    damage: async ({ database }) => {
      await database.execute("delete from ledger where detail = 'camera_offline'");
      await database.execute("update ledger set detail = 'no_motion' where detail = 'mode_disabled'");
    },
    found: ["ledger_differs"],
    asBefore: true,
  },
  {
    what: "a camera.json that is missing",
    damage: ({ at }) => rm(at("camera.json")),
    found: ["camera_file_differs"],
    asBefore: true,
  },
  {
    what: "a camera.json of before the camera was renamed",
    damage: ({ database }) => database.execute("update cameras set name = 'West gate'"),
    found: ["camera_file_differs"],
    asBefore: true,
  },
  {
    what: "an audit that was tampered with",
    damage: async ({ catalog, database }) => {
      const entry = { actor: "ada", object: "camera 7", before: null, after: null, address: null };
      for (const action of ["camera.update", "camera.delete"])
        await catalog.tenant(1).audit.append({ ...entry, action });
      await database.execute(database.unprotectAudit);
      await database.execute("update audit set actor = 'eve' where sequence = 1");
    },
    found: ["audit_broken"],
    stays: ["audit_broken"],
    asBefore: true,
  },
  {
    what: "a camera's folder that is not there, such as on a disk that is not mounted,",
    damage: ({ at }) => rm(at(), { recursive: true }),
    found: ["camera_folder_missing"],
    stays: ["camera_folder_missing"],
    asBefore: true,
  },
  {
    what: "the folder of a camera that the catalog does not know",
    damage: ({ at, options }) => cp(at(), join(options.recordings, "9"), { recursive: true }),
    found: ["unknown_camera"],
    stays: ["unknown_camera"],
    asBefore: true,
  },
];

describe("nightjar check", () => {
  it("finds nothing wrong with what was recorded, deep down either", () =>
    stopped(async (installation) => {
      const before = await everything(installation);
      const report = await look(installation, { deep: true });
      expect(report.findings.filter((finding) => finding.state !== "note")).toEqual([]);
      expect(report.segments).toBe((await namesOf(installation)).length);
      expect(report.segments).toBeGreaterThan(7);
      expect(await everything(installation)).toBe(before);
    }));

  for (const { what, damage, found, stays = [], deep = false, asBefore } of DAMAGES) {
    it(`finds ${what}, changes nothing, and with --fix mends what can be`, () =>
      stopped(async (installation) => {
        const answers = await answersOf(installation);
        await damage(installation, await namesOf(installation));
        const damaged = await everything(installation);
        expect(kinds(await look(installation, { deep }), "open")).toEqual([...found].sort());
        expect(await everything(installation)).toBe(damaged);

        const fixed = await look(installation, { deep, fix: true });
        expect(kinds(fixed, "open")).toEqual(stays);
        expect([...kinds(fixed, "mended"), ...stays].sort()).toEqual([...found].sort());
        const again = await look(installation, { deep });
        expect(kinds(again, "open")).toEqual(stays);
        const mended = await everything(installation);
        expect(kinds(await look(installation, { deep, fix: true }), "mended")).toEqual([]);
        expect(await everything(installation)).toBe(mended);
        if (asBefore) expect(await answersOf(installation)).toBe(answers);
      }));
  }
});

describe("nightjar check --fix", () => {
  it("repairs a torn segment up to its last whole fragment, and the catalog tells it", () =>
    stopped(async (one) => {
      const last = name(await namesOf(one), -1);
      const whole = (await rowsOf(one)).at(-1);
      await reopen(one.at(last));
      await look(one, { fix: true });
      const row = (await rowsOf(one)).at(-1);
      expect(row).toMatchObject({ name: last, state: "repaired", startMs: whole?.startMs });
      expect((whole?.endMs ?? 0) - (row?.endMs ?? 0)).toBeLessThanOrEqual(1000);
      expect(kinds(await look(one, { deep: true }), "open")).toEqual([]);
    }));

  it("writes into the ledger what was found missing, and the chain goes on behind it", () =>
    stopped(async (one) => {
      const names = await namesOf(one);
      await rm(one.at(name(names, 3)));
      await look(one, { fix: true });
      const lines = (await readFile(one.at("ledger", "2026-04-09.jsonl"), "utf8")).split("\n");
      expect(lines.filter((line) => line.includes("deleted"))).toEqual([
        expect.stringContaining(`"name":"${names[3]}","cause":"unknown"`),
      ]);
      // Putting the file back is taking it in.
      await copyFile(join(recorded, "recordings", "7", name(names, 3)), one.at(name(names, 3)));
      expect(kinds(await look(one, { fix: true }), "mended")).toEqual(["file_without_row"]);
      expect(kinds(await look(one), "open")).toEqual([]);
    }));

  it("never touches what is not Nightjar's, and lists it", () =>
    stopped(async (one) => {
      const names = await namesOf(one);
      const copy = one.at("2026-04-09_22-00-00-2.mp4");
      const paths = [
        join(one.options.recordings, "holiday.mp4"),
        one.at("holiday.mp4"),
        one.at("notes.txt"),
        one.at("2026-04-09_22-30-00.mp4"),
      ];
      for (const path of paths) await writeFile(path, "not a segment");
      await mkdir(join(one.options.recordings, "lost+found"));
      await copyFile(one.at(name(names, 2)), copy);
      const report = await look(one, { fix: true });
      expect(kinds(report, "open")).toEqual([]);
      const listed = report.findings
        .filter((finding) => finding.kind === "foreign_file")
        .map((finding) => finding.path);
      expect(listed).toEqual(expect.arrayContaining([...paths, copy, join(one.options.recordings, "lost+found")]));
      for (const path of paths) expect(await readFile(path, "utf8")).toBe("not a segment");
    }));

  it("leaves an open segment to the worker that is writing it, and check takes it for none of its business", () =>
    stopped(async (one) => {
      const path = one.at(name(await namesOf(one), -1));
      await reopen(path);
      const row = (await rowsOf(one)).at(-1);
      await change(one, row, { ...OPEN_ROW, endMs: row?.startMs ?? 0 });
      const runningWorkers = async () => new Set(["1-7"]);
      const writtenMs = (await stat(path)).mtimeMs;
      const before = await everything(one);
      for (const fix of [false, true])
        expect(kinds(await look(one, { fix, runningWorkers, atMs: writtenMs + 1000 }), "open")).toEqual([]);
      // Nobody has written to it for an hour: nobody will.
      const late = await look(one, { fix: true, runningWorkers, atMs: writtenMs + 3_600_000 });
      const remedy = expect.stringContaining("worker is running");
      expect(late.findings).toContainEqual(expect.objectContaining({ kind: "torn_segment", state: "open", remedy }));
      expect(await everything(one)).toBe(before);
    }));
});
