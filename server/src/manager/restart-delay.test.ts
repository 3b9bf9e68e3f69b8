import { describe, expect, it } from "vitest";
import { restartDelayMs } from "./restart-delay.ts";

describe("the wait before a worker is started again", () => {
  it("doubles from half a second to half a minute", () => {
    expect([0, 1, 2, 3, 6, 7, 8, 1000].map(restartDelayMs)).toEqual([
      500, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });
});
