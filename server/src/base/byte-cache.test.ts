import { expect, it } from "vitest";
import { ByteCache } from "./byte-cache.ts";

it("keeps what was asked for last, and never more than its bound", () => {
  const cache = new ByteCache(30);
  for (const key of ["a", "b", "c"]) cache.set(key, Buffer.alloc(10));
  cache.get("a");
  cache.set("d", Buffer.alloc(10));
  expect(["a", "b", "c", "d"].filter((key) => cache.get(key) !== undefined)).toEqual(["a", "c", "d"]);
  cache.set("a", Buffer.alloc(20));
  expect(["a", "c", "d"].filter((key) => cache.get(key) !== undefined)).toEqual(["a", "d"]);
  cache.set("large", Buffer.alloc(31));
  expect(cache.get("large")).toBeUndefined();
});
