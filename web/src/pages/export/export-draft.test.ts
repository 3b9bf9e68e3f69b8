import { describe, expect, it } from "vitest";
import { completeTime, draftOf, orderOf } from "./export-draft.ts";
import { parseExportSearch } from "./export-search.ts";
import { rectangleBetween, withSide } from "./rectangle.ts";

const BERLIN = "Europe/Berlin";
const MARKED = { cameras: [3, 1], start: "2026-04-09T12:30:07.240Z", end: "2026-04-09T12:31:00.000Z" };

describe("the form of an export", () => {
  it("asks for exactly what was marked, and shows it in the camera's zone", () => {
    const search = parseExportSearch({ ...MARKED, other: 1 });
    const draft = draftOf(search, BERLIN, 0);
    expect(draft).toMatchObject({ fromDate: "2026-04-09", fromTime: "14:30:07.240", toTime: "14:31:00" });
    expect(orderOf(draft, search, BERLIN).order).toMatchObject({
      camera_ids: [3, 1],
      start: MARKED.start,
      end: MARKED.end,
      with_audio: true,
      timestamps: "none",
      time_lapse_factor: null,
    });
  });

  it("means the hour that was marked where the clocks show it twice", () => {
    const search = { cameras: [1], start: "2026-10-25T01:30:00.000Z", end: "2026-10-25T01:40:00.000Z" };
    const draft = draftOf(search, BERLIN, 0);
    expect(draft.fromTime).toBe("02:30:00");
    expect(orderOf(draft, search, BERLIN).order).toMatchObject({ start: search.start, end: search.end });
    expect(orderOf(draft, {}, BERLIN).order).toMatchObject({ start: "2026-10-25T00:30:00.000Z" });
  });

  it("says what is missing or wrong instead of asking", () => {
    const draft = draftOf(MARKED, BERLIN, 0);
    const problems = (change: object) => [...orderOf({ ...draft, ...change }, {}, BERLIN).problems];
    expect(problems({ cameraIds: [] })).toEqual(["cameras"]);
    expect(problems({ fromTime: "25:00" })).toEqual(["from"]);
    expect(problems({ toTime: "later" })).toEqual(["to"]);
    expect(problems({ toTime: "14:30:00" })).toEqual(["order"]);
    expect(problems({ toDate: "2026-04-17" })).toEqual(["tooLong"]);
  });

  it("leaves out masks of cameras that are not exported, and sound of a time-lapse", () => {
    const mask = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
    const masks = [
      { ...mask, camera_id: 1 },
      { ...mask, camera_id: 9 },
    ];
    const { order } = orderOf({ ...draftOf(MARKED, BERLIN, 0), masks, timeLapse: 10 }, MARKED, BERLIN);
    expect(order).toMatchObject({ privacy_masks: [masks[0]], with_audio: false, time_lapse_factor: 10 });
  });

  it("completes times as people type them, and leaves alone what is none", () => {
    expect(["8", "8:00", "0830", "14:30:07,5", "x"].map(completeTime)).toEqual([
      "08:00:00",
      "08:00:00",
      "08:30:00",
      "14:30:07.5",
      "x",
    ]);
  });

  it("takes from an address what makes sense", () => {
    expect(parseExportSearch({ cameras: [2, 2, "x", -1], start: "yesterday" })).toEqual({ cameras: [2] });
  });
});

describe("a masked area", () => {
  it("stays in the picture however it is drawn or typed", () => {
    expect(rectangleBetween({ x: 1.4, y: 0.9 }, { x: 0.5, y: -1 })).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.9 });
    expect(withSide({ x: 0.5, y: 0, width: 0.5, height: 0.9 }, "x", 0.7)).toMatchObject({ x: 0.7, width: 0.3 });
  });

  it("is none where somebody only clicked", () => {
    expect(rectangleBetween({ x: 0.5, y: 0.5 }, { x: 0.504, y: 0.7 })).toBeNull();
  });
});
