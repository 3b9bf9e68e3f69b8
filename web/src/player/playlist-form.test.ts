import { describe, expect, it } from "vitest";
import { formFor } from "./playlist-form.ts";

const facts = { frameSeconds: 1 / 25, droppedShare: null, mustConvert: false };

describe("the form in which footage is played", () => {
  it("is all frames as long as the screen and the browser show nine tenths of them", () => {
    expect(formFor(2, facts).variant).toBe("full");
    expect(formFor(4, { ...facts, frameSeconds: 1 / 15 }).variant).toBe("full");
    expect(formFor(4, { ...facts, frameSeconds: 1 / 15, droppedShare: 0.09 }).variant).toBe("full");
  });

  it("is key frames at the speed itself where more would be, or are, dropped", () => {
    expect(formFor(8, facts)).toEqual({ variant: "sync", pace: 8 });
    expect(formFor(16, facts)).toEqual({ variant: "sync", pace: 16 });
    expect(formFor(4, { ...facts, frameSeconds: 1 / 15, droppedShare: 0.11 })).toEqual({ variant: "sync", pace: 4 });
  });

  it("is never key frames at slow speeds, however busy the browser is", () => {
    expect(formFor(2, { ...facts, droppedShare: 0.5 }).variant).toBe("full");
  });

  it("is H.264 where the browser cannot play the footage, at any speed", () => {
    for (const speed of [0.2, 1, 16] as const)
      expect(formFor(speed, { ...facts, mustConvert: true })).toEqual({ variant: "h264", pace: 1 });
  });
});
