import { describe, expect, it } from "vitest";
import { actionOfKey } from "./playback-keys.ts";
import { parsePlaybackSearch } from "./playback-search.ts";

describe("the address of Playback", () => {
  it("keeps camera, time, speed and zoom", () => {
    const search = { camera: 12, time: "2026-04-09T14:30:00.120Z", speed: 4, zoom: 600 };
    expect(parsePlaybackSearch(search)).toEqual(search);
  });

  it("leaves out what makes no sense instead of failing", () => {
    expect(parsePlaybackSearch({ camera: "x", time: "yesterday", speed: 3, zoom: -1, other: 1 })).toEqual({});
    expect(parsePlaybackSearch({ camera: -2, zoom: 1e12 })).toEqual({ zoom: 31 * 86_400 });
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

  it("leave the browser its own", () => {
    expect(press("f", { ctrlKey: true })).toBeNull();
    expect(press("ArrowLeft", { altKey: true })).toBeNull();
    expect(press("x")).toBeNull();
  });
});
