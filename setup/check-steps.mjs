import { cpus } from "node:os";
import { ensureServerBuilt } from "./build.mjs";
import { checkHouseRules } from "./checks/house-rules.mjs";
import { withLock } from "./lock.mjs";
import { Problem } from "./problem.mjs";
import { runTool } from "./program.mjs";
import { UNIT_RESULTS } from "./test-results.mjs";

/** @typedef {import("./program.mjs").ProgramResult} ProgramResult */

/**
 * @typedef {object} CheckStep
 * @property {string} name
 * @property {() => Promise<ProgramResult>} run
 * @property {true} [needsBuild] reads what the first step compiles
 */

/** @type {CheckStep} */
const BUILD = { name: "types: api and server", run: compile };

// The longest first: on two cores the short ones fill the gaps.
/** @type {readonly CheckStep[]} */
const STEPS = [
  BUILD,
  { name: "format and lint", run: () => runTool("biome", ["ci", "--colors=off", "."]) },
  { name: "unit tests", run: unitTests, needsBuild: true },
  { name: "types: web", run: () => runTool("tsc", ["-p", "web/tsconfig.json", "--noEmit"]), needsBuild: true },
  { name: "types: tests", run: () => runTool("tsc", ["-p", "tsconfig.tests.json"]), needsBuild: true },
  { name: "types: setup", run: () => runTool("tsc", ["-p", "tsconfig.setup.json"]), needsBuild: true },
  { name: "layers", run: layers, needsBuild: true },
  { name: "dead code", run: () => runTool("knip", ["--no-progress", "--treat-config-hints-as-errors"]) },
  { name: "generated pages", run: () => runTool("tsx", ["setup/generate-reference.mjs", "--check"]) },
  { name: "house rules", run: checkHouseRules },
];

/**
 * Runs all checks, as many at a time as there are cores, and prints each with its time; the output of those that fail, and of the unit
 * tests where wanted.
 * @param {{ showUnitTests?: boolean }} [options]
 * @returns {Promise<boolean>} whether all passed
 */
export async function runCheckSteps({ showUnitTests = false } = {}) {
  const startedMs = performance.now();
  const built = deferred();
  const waiting = [...STEPS];
  /** @type {string[]} */
  const failed = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.needsBuild === true) await built.promise;
      if (!(await runStep(next, showUnitTests))) failed.push(next.name);
      if (next === BUILD) built.resolve();
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, work));
  const verdict = failed.length === 0 ? "All checks passed" : `Failed: ${failed.join(", ")}`;
  console.log(`${verdict} (${seconds(startedMs)}).`);
  return failed.length === 0;
}

/** @param {CheckStep} step @param {boolean} showUnitTests */
async function runStep({ name, run }, showUnitTests) {
  const startedMs = performance.now();
  const { code, output } = await run();
  console.log(`${code === 0 ? "passed" : "FAILED"}  ${name.padEnd(22)} ${seconds(startedMs)}`);
  if (code !== 0 || (showUnitTests && name === "unit tests")) console.log(output.trimEnd());
  return code === 0;
}

/** @returns {Promise<ProgramResult>} */
async function compile() {
  /** @type {ProgramResult} */
  let result = { code: 0, output: "" };
  try {
    await withLock(() =>
      ensureServerBuilt(async (_, compileNow) => {
        result = await compileNow();
        // No stamp for a failed build.
        if (result.code !== 0) throw new Problem(result.output);
      }),
    );
  } catch (error) {
    if (!(error instanceof Problem) || result.code === 0) throw error;
  }
  return result;
}

function unitTests() {
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${UNIT_RESULTS}`];
  return runTool("vitest", args, { env: { NO_COLOR: "1" } });
}

function layers() {
  const args = ["--config", ".dependency-cruiser.mjs", "--output-type", "err-long", "--no-progress"];
  return runTool("depcruise", [...args, "api/src", "server/src", "web/src", "e2e", "bench", "setup", "deploy"]);
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise((done) => {
    resolve = () => done(undefined);
  });
  return { promise, resolve: () => resolve() };
}

/** @param {number} sinceMs */
const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
