import { expect, it } from "vitest";
import { missingOnShare } from "./share-view.ts";

const GB = 1e9;
const exact = { sizeBytes: 1000 * GB, freeBytes: 40 * GB, exact: true };
/** The same share by SMB. */
const half = { sizeBytes: 500 * GB, freeBytes: 20 * GB, exact: false };

it("footage on the share makes room for the free part that was set, by as much as is told to be missing", () => {
  expect(missingOnShare(exact, 10, 900 * GB)).toBe(60 * GB);
  expect(missingOnShare(half, 10, 900 * GB)).toBe(30 * GB);
  expect(missingOnShare(exact, 4, 900 * GB)).toBe(0);
  expect(missingOnShare(null, 10, 900 * GB)).toBe(0);
});

it("none of it goes where others fill the share, also where its sizes are told too small", () => {
  expect(missingOnShare(exact, 10, 59 * GB)).toBe(0);
  // As it is told, 30 GB would do; 60 GB are missing.
  expect(missingOnShare(half, 10, 59 * GB)).toBe(0);
});
