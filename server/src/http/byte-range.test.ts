import { describe, expect, it } from "vitest";
import { httpDate, planTransfer } from "./byte-range.ts";

const FILE = { sizeBytes: 1000, etag: '"abc"', modifiedMs: Date.UTC(2026, 3, 9, 14, 30, 0, 500) };
const get = (range: string, more = {}) => planTransfer("GET", { range, ...more }, FILE);

describe("a byte range", () => {
  it.each([
    ["bytes=0-99", { status: 206, startByte: 0, endByte: 99 }],
    ["bytes=900-", { status: 206, startByte: 900, endByte: 999 }],
    ["bytes=900-5000", { status: 206, startByte: 900, endByte: 999 }],
    ["bytes=-100", { status: 206, startByte: 900, endByte: 999 }],
    ["bytes=-5000", { status: 206, startByte: 0, endByte: 999 }],
    ["Bytes=5-5", { status: 206, startByte: 5, endByte: 5 }],
    ["bytes=1000-", { status: 416 }],
    ["bytes=1000-1001", { status: 416 }],
    ["bytes=-0", { status: 416 }],
    ["bytes=9-5", { status: 200 }],
    ["bytes=0-1,5-6", { status: 200 }],
    ["bytes=-", { status: 200 }],
    ["bytes=a-b", { status: 200 }],
    ["lines=0-1", { status: 200 }],
    ["", { status: 200 }],
  ])("%s", (range, transfer) => {
    expect(get(range)).toEqual(transfer);
  });

  it("of an empty file cannot be satisfied", () => {
    for (const range of ["bytes=0-", "bytes=-1"])
      expect(planTransfer("GET", { range }, { ...FILE, sizeBytes: 0 })).toEqual({ status: 416 });
  });

  it("means nothing for HEAD", () => {
    expect(planTransfer("HEAD", { range: "bytes=0-1" }, FILE)).toEqual({ status: 200 });
  });

  it("is served only of the file that If-Range means", () => {
    const part = { status: 206, startByte: 0, endByte: 0 };
    expect(get("bytes=0-0", { "if-range": '"abc"' })).toEqual(part);
    expect(get("bytes=0-0", { "if-range": httpDate(FILE.modifiedMs) })).toEqual(part);
    for (const other of ['"abd"', 'W/"abc"', httpDate(FILE.modifiedMs + 1000)])
      expect(get("bytes=0-0", { "if-range": other })).toEqual({ status: 200 });
  });
});

describe("a conditional request", () => {
  it.each([
    [{ "if-none-match": '"abc"' }, 304],
    [{ "if-none-match": '"x", W/"abc"' }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"x"' }, 200],
    [{ "if-modified-since": httpDate(FILE.modifiedMs) }, 304],
    [{ "if-modified-since": httpDate(FILE.modifiedMs - 1000) }, 200],
    [{ "if-modified-since": "yesterday" }, 200],
    [{ "if-none-match": '"x"', "if-modified-since": httpDate(FILE.modifiedMs) }, 200],
  ])("%j", (headers, status) => {
    expect(planTransfer("GET", headers, FILE).status).toBe(status);
  });
});
