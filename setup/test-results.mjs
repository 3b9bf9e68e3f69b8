import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { STATE } from "./places.mjs";

export const UNIT_RESULTS = join(STATE, "unit-tests.json");
export const E2E_RESULTS = join(STATE, "e2e-tests.json");

/** @typedef {{ passed: number, failed: number }} Counts */

/** Forgets the results of earlier runs, so that a run that dies cannot borrow them. */
export async function forgetResults() {
  await Promise.all([UNIT_RESULTS, E2E_RESULTS].map((file) => rm(file, { force: true })));
}

/**
 * Counts of Vitest's JSON report. A file that could not be loaded counts as one failure, like a report that is not there.
 * @param {any} report
 * @returns {Counts}
 */
export function unitCounts(report) {
  if (report === null) return { passed: 0, failed: 1 };
  const unloaded = report.testResults.filter(
    (/** @type {any} */ file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

/**
 * Counts of Playwright's JSON report. A test that passed only when tried again is a failure; so is an error outside of the tests.
 * @param {any} report
 * @returns {Counts}
 */
export function e2eCounts(report) {
  if (report === null) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length };
}

/** @param {string} file @returns {Promise<unknown>} null when it is not there or not whole */
export async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return null;
  }
}
