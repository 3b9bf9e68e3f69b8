import { THUMBNAIL_WIDTH as ANNOUNCED_WIDTH } from "@nightjar/api/recording";
import { expect, it } from "vitest";
import { nearestTo, THUMBNAIL_WIDTH, thumbnailPlaces } from "./thumbnail-places.ts";

const TIMESCALE = 90_000;

function indexOf(keySeconds: readonly number[]) {
  const at = keySeconds.flatMap((seconds) => [
    { seconds, sync: true },
    { seconds: seconds + 0.5, sync: false },
  ]);
  const fragments = at.map(({ seconds, sync }, place) => ({
    ...{ offsetBytes: 100 + place * 10, sizeBytes: 10, sync },
    decodeTicks: 5000 + seconds * TIMESCALE,
    durationTicks: TIMESCALE / 2,
  }));
  return { timescale: TIMESCALE, codecs: "avc1.640028", fragments };
}

it("the API announces the width of the thumbnails that are kept", () => {
  expect(ANNOUNCED_WIDTH).toBe(THUMBNAIL_WIDTH);
});

it("thumbnails are made of the first key frame of every ten seconds of a segment, however far apart key frames are", () => {
  const seconds = (keys: number[]) => thumbnailPlaces(indexOf(keys)).map((place) => place.offsetMs / 1000);
  expect(seconds([0, 2, 4, 6, 8, 10, 12, 19.9, 20])).toEqual([0, 10, 20]);
  expect(seconds([0, 3, 6, 9, 12, 15, 18, 21])).toEqual([0, 12, 21]);
  expect(seconds([0, 25, 50])).toEqual([0, 25, 50]);
  expect(seconds([])).toEqual([]);
});

it("the nearest to a time is found on both sides, also beyond the ends", () => {
  const places = thumbnailPlaces(indexOf([0, 10, 20]));
  const nearest = (offsetMs: number) => nearestTo(places, offsetMs)?.offsetMs;
  expect([-5000, 0, 4900, 5100, 14_000, 99_000].map(nearest)).toEqual([0, 0, 0, 10_000, 10_000, 20_000]);
  expect(nearestTo([], 0)).toBeUndefined();
});
