import { describe, expect, it } from "vitest";
import { TranscodeSlots } from "./transcode-slots.ts";

describe("the slots for transcoding", () => {
  it("are as many as was said, and refused beyond that in words that help", () => {
    const slots = new TranscodeSlots(2);
    slots.take();
    slots.take();
    expect(() => slots.take()).toThrow(expect.objectContaining({ code: "transcoding_busy" }));
  });

  it("are free again once given back, however often that is done", () => {
    const slots = new TranscodeSlots(2);
    const giveBack = slots.take();
    slots.take();
    giveBack();
    giveBack();
    slots.take();
    expect(() => slots.take()).toThrow(/H\.264/);
  });
});
