import { describe, expect, it } from "vitest";
import { actionOfKey } from "./playback-keys.ts";
import { parsePlaybackSearch } from "./playback-search.ts";

describe("the address of Playback", () => {
  it("keeps cameras, time, speed, zoom and marks", () => {
    const times = { time: "2026-04-09T14:30:00.120Z", in: "2026-04-09T14:29:00.000Z", out: "2026-04-09T14:31:00.000Z" };
    const search = { camera: 12, with: [4, 7], speed: 4, zoom: 600, ...times };
    expect(parsePlaybackSearch(search)).toEqual(search);
  });

  it("leaves out what makes no sense instead of failing", () => {
    expect(parsePlaybackSearch({ camera: "x", time: "yesterday", speed: 3, zoom: -1, other: 1 })).toEqual({});
    expect(parsePlaybackSearch({ camera: -2, zoom: 1e12 })).toEqual({ zoom: 31 * 86_400 });
    expect(parsePlaybackSearch({ with: [3, 3, "x", 4, 5, 6], in: "never" })).toEqual({ with: [3, 4, 5] });
  });
});

describe("the keys of Playback", () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    actionOfKey({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

  it("do what their list says", () => {
    expect(press(" ")).toEqual({ do: "toggle" });
    expect(press("K", { shiftKey: true })).toEqual({ do: "toggle" });
    expect(press("ArrowLeft")).toEqual({ do: "frame", direction: -1 });
    expect(press("ArrowRight", { shiftKey: true })).toEqual({ do: "skip", direction: 1 });
    expect(press(">", { shiftKey: true })).toEqual({ do: "speed", direction: 1 });
    expect(press("?", { shiftKey: true })).toEqual({ do: "help" });
  });

  it("find the brackets also where a keyboard has them behind Alt or AltGr", () => {
    const back = { do: "neighbour", what: "recording", direction: -1 };
    expect(press("[")).toEqual(back);
    expect(press("[", { ctrlKey: true, altKey: true })).toEqual(back);
    expect(press("[", { altKey: true })).toEqual(back);
    expect(press("[", { ctrlKey: true })).toBeNull();
  });

  it("leave the browser its own", () => {
    expect(press("f", { ctrlKey: true })).toBeNull();
    expect(press("ArrowLeft", { altKey: true })).toBeNull();
    expect(press("x")).toBeNull();
  });
});
