// npm test: sets up, then all checks with the unit tests, then the end-to-end tests. The last line is the count of both.
import "./node-version.mjs";
import { runCheckSteps } from "./check-steps.mjs";
import { prepareToTest } from "./prepare.mjs";
import { runCommand } from "./problem.mjs";
import { runTool } from "./program.mjs";
import { E2E_RESULTS, e2eCounts, forgetResults, readReport, UNIT_RESULTS, unitCounts } from "./test-results.mjs";

await runCommand(async () => {
  await prepareToTest();
  await forgetResults();
  const checked = await runCheckSteps({ showUnitTests: true });
  const e2e = await runTool("playwright", ["test", "-c", "e2e/playwright.config.ts", "--reporter=list,json"], {
    show: true,
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: E2E_RESULTS },
  });
  const unit = unitCounts(await readReport(UNIT_RESULTS));
  const black = e2eCounts(await readReport(E2E_RESULTS));
  const failed = unit.failed + black.failed;
  if (!checked) console.log("Some checks failed; see above.");
  console.log(`${unit.passed + black.passed} passed, ${failed} failed`);
  return checked && e2e.code === 0 && failed === 0 ? 0 : 1;
});
