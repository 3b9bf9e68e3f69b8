import { expect, it } from "vitest";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import { TranscodeViewers } from "./transcode-viewers.ts";

const NEVER = new AbortController().signal;

it("a third viewer is refused plainly until one of the two has not asked for a while", async () => {
  const clock = new SimulatedClock(0);
  const viewers = new TranscodeViewers(new TranscodeSlots(), clock);
  viewers.hold("one");
  clock.advance(20_000);
  await viewers.run("two", NEVER, async () => {});
  expect(() => viewers.hold("three")).toThrow(expect.objectContaining({ code: "transcoding_busy" }));
  await expect(viewers.run("three", NEVER, async () => {})).rejects.toMatchObject({ code: "transcoding_busy" });
  clock.advance(11_000);
  viewers.hold("three");
  await viewers.run("two", NEVER, async () => {});
  await expect(viewers.run("one", NEVER, async () => {})).rejects.toMatchObject({ code: "transcoding_busy" });
});

it("a viewer keeps its place for as long as its part takes, and gets one part after the other", async () => {
  const clock = new SimulatedClock(0);
  const viewers = new TranscodeViewers(new TranscodeSlots(1), clock);
  const done: string[] = [];
  let finish = (): void => {};
  let first: Promise<void> | null = null;
  await new Promise<void>((started) => {
    first = viewers.run("one", NEVER, async () => {
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      started();
      await finished;
    });
  });
  viewers.hold("one");
  const second = viewers.run("one", NEVER, async () => void done.push("second"));
  clock.advance(120_000);
  expect(() => viewers.hold("two")).toThrow(expect.objectContaining({ code: "transcoding_busy" }));
  done.push("first");
  finish();
  await Promise.all([first, second]);
  expect(done).toEqual(["first", "second"]);
  clock.advance(31_000);
  viewers.hold("two");
});
