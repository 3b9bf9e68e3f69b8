import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { runProgram } from "../media/made-footage.contract.ts";
import { zipEntries, zipLayout } from "./zip-layout.js";

const folder = testFolder();
const AT_MS = Date.UTC(2026, 3, 9, 14, 30, 8);

it("is a ZIP that others unpack, with its times", async () => {
  const files = new Map([
    ["a.mp4", randomBytes(70_000)],
    ["Tür.json", randomBytes(10)],
    ["empty", Buffer.alloc(0)],
  ]);
  const entries = [...files].map(([name, bytes]) => ({ name, sizeBytes: bytes.length, crc32: crc32(bytes) }));
  const { sizeBytes, pieces } = zipLayout(entries, AT_MS);
  const zip = Buffer.concat(
    pieces.map((piece) => ("bytes" in piece ? piece.bytes : (files.get(piece.file) ?? Buffer.alloc(0)))),
  );
  expect(zip).toHaveLength(sizeBytes);
  const path = join(folder, "a.zip");
  await writeFile(path, zip);
  const script = `
import zipfile, sys, hashlib
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    for i in z.infolist(): print(i.filename, i.file_size, i.date_time, hashlib.md5(z.read(i)).hexdigest()[:0])`;
  const told = (await runProgram("python3", ["-c", script, path])).toString();
  expect(told).toContain("a.mp4 70000 (2026, 4, 9, 14, 30, 8)");
  expect(told).toContain("Tür.json 10 ");
  const bytes = { sizeBytes: zip.length, read: async (from: number, to: number) => zip.subarray(from, to) };
  const found = await zipEntries(bytes);
  expect(found.map(({ dataAt, ...entry }) => entry)).toEqual(entries);
  for (const { name, dataAt, sizeBytes: size } of found)
    expect(zip.subarray(dataAt, dataAt + size).equals(files.get(name) ?? Buffer.alloc(1))).toBe(true);
});

it("holds files and offsets beyond four gigabytes", async () => {
  const entries = [
    { name: "large.mp4", sizeBytes: 5e9, crc32: 1 },
    { name: "behind.mp4", sizeBytes: 7, crc32: 2 },
  ];
  const { sizeBytes, pieces } = zipLayout(entries, AT_MS);
  const read = async (from: number, to: number) => {
    const all = Buffer.alloc(to - from);
    for (const piece of pieces)
      if ("bytes" in piece && piece.atBytes >= from)
        all.set(piece.bytes.subarray(0, Math.max(0, to - piece.atBytes)), piece.atBytes - from);
    for (const piece of pieces)
      if ("bytes" in piece && piece.atBytes < from && piece.atBytes + piece.bytes.length > from)
        all.set(piece.bytes.subarray(from - piece.atBytes, to - piece.atBytes));
    return all;
  };
  const found = await zipEntries({ sizeBytes, read });
  expect(found.map(({ dataAt, ...entry }) => entry)).toEqual(entries);
  expect(found.map(({ dataAt }) => dataAt)).toEqual(
    pieces.flatMap((piece) => ("file" in piece ? [piece.atBytes] : [])),
  );
});
