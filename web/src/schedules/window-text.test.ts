import { expect, it } from "vitest";
import { daysText, weekdayName } from "./window-text.ts";

it("names days in the page's language, and three or more in a row as a span", () => {
  expect(weekdayName(0, "de", "long")).toBe("Montag");
  expect(daysText(["mon", "tue", "wed", "thu", "fri"], "en")).toBe("Mon–Fri");
  expect(daysText(["mon", "tue", "fri", "sat", "sun"], "en")).toBe("Mon, Tue, Fri–Sun");
  expect(daysText(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "de")).toBe("Mo–So");
  expect(daysText([], "en")).toBe("");
});
