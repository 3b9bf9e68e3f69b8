import { describe, expect, it } from "vitest";
import { fittingSize, NO_CHOICE, nameOf, pageCount, parseChoice, placesOf, resized, withCameraAt } from "./layouts.ts";

const ALL = [1, 2, 3, 4, 5, 6];

describe("the layout of the live grid", () => {
  it("shows all cameras in their order, page by page, where nobody has chosen", () => {
    expect(fittingSize(0)).toBe(1);
    expect(fittingSize(5)).toBe(9);
    expect(fittingSize(99)).toBe(16);
    expect(pageCount(6, 4)).toBe(2);
    expect(placesOf({ size: 4, cameras: null }, ALL, 0)).toEqual([1, 2, 3, 4]);
    expect(placesOf({ size: 4, cameras: null }, ALL, 1)).toEqual([5, 6, null, null]);
  });

  it("has as many places as its size, and leaves those of removed cameras empty", () => {
    expect(placesOf({ size: 4, cameras: [6, 77, null] }, ALL, 0)).toEqual([6, null, null, null]);
  });

  it("shows a camera that is put into a place there and nowhere else", () => {
    const places = [1, 2, 3, null];
    expect(withCameraAt({ size: 4, cameras: null }, places, 0, 3).cameras).toEqual([3, 2, 1, null]);
    expect(withCameraAt({ size: 4, cameras: places }, places, 3, 5).cameras).toEqual([1, 2, 3, 5]);
    expect(withCameraAt({ size: 4, cameras: places }, places, 1, null).cameras).toEqual([1, null, 3, null]);
  });

  it("keeps what fits when the grid becomes smaller", () => {
    expect(resized({ size: 9, cameras: [1, 2, 3, 4, 5] }, 4)).toEqual({ size: 4, cameras: [1, 2, 3, 4] });
    expect(resized({ size: 9, cameras: null }, 4)).toEqual({ size: 4, cameras: null });
  });

  it("goes by the name under which it was saved until it is changed", () => {
    const saved = [{ name: "Night", size: 4 as const, cameras: [1, 2, null, null] }];
    expect(nameOf({ current: { size: 4, cameras: [1, 2, null, null] }, saved })).toBe("Night");
    expect(nameOf({ current: { size: 4, cameras: [1, 3, null, null] }, saved })).toBeNull();
  });

  it("is taken from what the browser has kept as far as that makes sense", () => {
    const choice = { current: { size: 4, cameras: null }, saved: [{ name: "A", size: 1, cameras: [3] }] };
    expect(parseChoice(JSON.stringify(choice))).toEqual(choice);
    for (const text of [null, "", "{", "3", '{"current":{"size":5,"cameras":null},"saved":[{"size":4}]}'])
      expect(parseChoice(text)).toEqual(NO_CHOICE);
  });
});
