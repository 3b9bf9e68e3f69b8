import { describe, expect, it } from "vitest";
import { parseSignInSearch } from "./sign-in-search.ts";

describe("the way back after signing in", () => {
  it("leads only to a page of our own", () => {
    expect(parseSignInSearch({ to: "/setup/devices?x=1" })).toEqual({ to: "/setup/devices?x=1" });
    for (const to of ["https://example.org", "//example.org", "/\\example.org", 5])
      expect(parseSignInSearch({ to })).toEqual({});
  });
});
