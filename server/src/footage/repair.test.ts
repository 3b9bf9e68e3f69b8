import { createHash } from "node:crypto";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { boxesIn } from "../media/isobmff/box.ts";
import { type Packet, packetsOf, runProgram, sceneArguments } from "../media/made-footage.contract.ts";
import { IDENTITY, type MadeSegment, madeSegment, NO_CHAIN } from "./made-segment.contract.ts";
import { removeEmptySegment } from "./remove-empty-segment.ts";
import { repairSegment } from "./repair.ts";
import { SegmentReader } from "./segment-reader.ts";

const folder = testFolder();
const SCENE = { seconds: 3, sound: true, bFrames: 2 };
const CUTS = 60;
/** Of these the packets are compared too; ffprobe takes its time. */
const PROBED_CUTS = 6;

async function fileOf(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function wholeFragments({ ends }: MadeSegment, bytes: number): number {
  return Math.max(0, ends.filter((end) => end <= bytes).length - 1);
}

/** Places of every kind: inside the head, at and beside the seams, and all over the file. */
function places({ open, ends }: MadeSegment): number[] {
  const seams = ends.flatMap((end) => [end - 1, end, end + 1, end + 9]);
  const everywhere = Array.from({ length: CUTS }, (_, index) => Math.floor(((index * 0.618034) % 1) * open.length));
  return [...new Set([0, 1, 40, ...seams, ...everywhere])].filter((at) => at >= 0 && at <= open.length);
}

describe("repair", () => {
  it("closes a file that was cut at any place, and loses nothing but the torn fragment", async () => {
    const segment = await madeSegment(SCENE);
    const { open, ends, payloadAt } = segment;
    for (const cut of places(segment)) {
      const path = await fileOf("2026-04-09_14-30-00.mp4", open.subarray(0, cut));
      const outcome = await repairSegment(path, NO_CHAIN);
      const count = wholeFragments(segment, cut);
      if (cut === 0 || count === 0) {
        const headIsTorn = cut > 0 && cut < (ends[0] ?? 0);
        expect(outcome.kind).toBe(headIsTorn ? "unreadable" : "empty");
        expect(await readFile(path)).toEqual(open.subarray(0, cut));
        continue;
      }
      const end = ends[count] ?? 0;
      expect(outcome).toMatchObject({ kind: "repaired", identity: IDENTITY, state: "repaired", tornBytes: cut - end });
      if (outcome.kind !== "repaired") continue;
      const repaired = await readFile(path);
      expect(repaired.length).toBe(outcome.sizeBytes);
      const payload = repaired.subarray(payloadAt, end);
      expect(payload.equals(open.subarray(payloadAt, end))).toBe(true);
      expect(createHash("sha256").update(payload).digest("hex")).toBe(outcome.payloadSha256);
      expect(boxesIn(repaired, 0, repaired.length).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov", "uuid"]);
      expect((await new SegmentReader().index(path)).fragments).toHaveLength(count);
      expect(Math.round((await stat(path)).mtimeMs)).toBe(outcome.endMs);
    }
  });

  it("makes a file that ffprobe reads without a word, its packets the first of the original's", async () => {
    const segment = await madeSegment(SCENE);
    const all = await packetsOf(await fileOf("whole.mp4", segment.closed));
    for (let turn = 1; turn <= PROBED_CUTS; turn += 1) {
      const path = await fileOf(
        "probed.mp4",
        segment.open.subarray(0, Math.floor((segment.open.length * turn) / PROBED_CUTS)),
      );
      expect((await repairSegment(path, NO_CHAIN)).kind).toBe("repaired");
      const left = await packetsOf(path);
      expect(left.length).toBeGreaterThan(0);
      for (const kind of ["video", "audio"] as const) {
        const own = (packets: readonly Packet[]) => packets.filter((packet) => packet.kind === kind);
        expect(own(left)).toEqual(own(all).slice(0, own(left).length));
      }
    }
  });

  it("does nothing to a file the second time", async () => {
    const { open } = await madeSegment(SCENE);
    const path = await fileOf("twice.mp4", open.subarray(0, open.length - 100));
    const first = await repairSegment(path, NO_CHAIN);
    const bytes = await readFile(path);
    const { mtimeMs } = await stat(path);
    const second = await repairSegment(path, NO_CHAIN);
    const { tornBytes: _, ...rest } = { tornBytes: 0, ...first };
    expect(second).toEqual({ ...rest, kind: "closed", identity: IDENTITY });
    expect(await readFile(path)).toEqual(bytes);
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });

  it("cuts off blocks that were never written, as a power cut leaves them", async () => {
    const { open, ends } = await madeSegment(SCENE);
    const end = ends.at(-2) ?? 0;
    for (const garbage of [
      Buffer.alloc(8192),
      Buffer.alloc(8192, 0xff),
      Buffer.from(open.subarray(end, end + 60)).fill(0, 30),
    ]) {
      const path = await fileOf("blocks.mp4", Buffer.concat([open.subarray(0, end), garbage]));
      expect(await repairSegment(path, NO_CHAIN)).toMatchObject({ kind: "repaired", tornBytes: garbage.length });
    }
  });

  it("finishes a closing that a crash interrupted between its steps", async () => {
    const { open, closed, endMs, payloadSha256, tailBytes } = await madeSegment(SCENE);
    // The tail is there, whole or in part, but the header is not: it is still an open file.
    for (const tail of [closed.subarray(-tailBytes), closed.subarray(-tailBytes, -20)]) {
      const path = await fileOf("tail-only.mp4", Buffer.concat([open, tail]));
      expect(await repairSegment(path, NO_CHAIN)).toMatchObject({
        kind: "repaired",
        tornBytes: tail.length,
        payloadSha256,
        endMs,
      });
      expect((await readFile(path)).length).toBe(closed.length);
    }
    // The header is there, but not the modification time.
    const path = await fileOf("no-mtime.mp4", closed);
    await utimes(path, 1, 1);
    expect(await repairSegment(path, NO_CHAIN)).toEqual({
      kind: "closed",
      name: "no-mtime.mp4",
      identity: IDENTITY,
      endMs,
      sizeBytes: closed.length,
      payloadSha256,
      state: "closed",
    });
    expect(Math.round((await stat(path)).mtimeMs)).toBe(endMs);
    expect((await readFile(path)).equals(closed)).toBe(true);
  });

  it("gives a provisional file its name, and never takes that of another", async () => {
    const { open, closed } = await madeSegment(SCENE);
    const taken = await fileOf("2026-04-09_14-30-00.mp4", closed);
    const path = await fileOf(`${IDENTITY.runId}.part.mp4`, open);
    expect(await repairSegment(path, NO_CHAIN)).toMatchObject({ kind: "repaired", name: "2026-04-09_14-30-00-2.mp4" });
    expect((await readFile(taken)).equals(closed)).toBe(true);
    expect(await readdir(folder)).not.toContain(`${IDENTITY.runId}.part.mp4`);
  });

  it("leaves files of others as they are", async () => {
    const foreign = join(folder, "foreign.mp4");
    await runProgram("ffmpeg", [...sceneArguments({ seconds: 1 }), foreign]);
    const { closed } = await madeSegment(SCENE);
    const damaged = Buffer.from(closed);
    damaged.write("junk", damaged.lastIndexOf("moov"), "latin1");
    const paths = [foreign, await fileOf("text.mp4", Buffer.from("not a film")), await fileOf("end.mp4", damaged)];
    for (const path of paths) {
      const before = await readFile(path);
      expect(await repairSegment(path, NO_CHAIN)).toMatchObject({
        kind: "unreadable",
        reason: expect.stringMatching(/\w/),
      });
      expect((await readFile(path)).equals(before)).toBe(true);
    }
    await expect(repairSegment(join(folder, "missing.mp4"), NO_CHAIN)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("removes a file only when there is no footage in it", async () => {
    const { open, closed, ends } = await madeSegment(SCENE);
    for (const bytes of [open, closed, open.subarray(0, ends[1])]) {
      const path = await fileOf("kept.mp4", bytes);
      expect(await removeEmptySegment(path)).toBe(false);
      expect((await readFile(path)).equals(bytes)).toBe(true);
    }
    for (const bytes of [Buffer.alloc(0), open.subarray(0, ends[0]), open.subarray(0, (ends[1] ?? 0) - 1)]) {
      const path = await fileOf("removed.mp4", bytes);
      expect(await removeEmptySegment(path)).toBe(true);
      await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
    }
  });
});
