import { describe, expect, it } from "vitest";
import { restartDelayMs } from "./restart-delay.ts";

describe("the wait before a worker is started again", () => {
  it("doubles from half a second, and is five minutes from the fifth failure in a row on", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map(restartDelayMs)).toEqual([
      500, 500, 1000, 2000, 4000, 300_000, 300_000, 300_000,
    ]);
  });
});
