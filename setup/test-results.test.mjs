import { expect, it } from "vitest";
import { e2eCounts, unitCounts } from "./test-results.mjs";

it("counts a unit test file that could not be loaded as a failure", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    testResults: [
      { status: "failed", assertionResults: [{}] },
      { status: "failed", assertionResults: [] },
      { status: "passed", assertionResults: [{}] },
    ],
  };
  expect(unitCounts(report)).toEqual({ passed: 5, failed: 2 });
});

it("counts a flaky end-to-end test and an error outside of the tests as failures", () => {
  const report = { stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 }, errors: [{}] };
  expect(e2eCounts(report)).toEqual({ passed: 3, failed: 3 });
});

it("counts a report that is not there as a failure", () => {
  expect(unitCounts(null)).toEqual({ passed: 0, failed: 1 });
  expect(e2eCounts(null)).toEqual({ passed: 0, failed: 1 });
});
