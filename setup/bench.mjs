// npm run bench -- names…: sets up as for the tests, then runs the named benchmarks, or all.
import "./node-version.mjs";
import { prepareToTest } from "./prepare.mjs";
import { runCommand } from "./problem.mjs";
import { runProgram } from "./program.mjs";

await runCommand(async () => {
  await prepareToTest();
  const args = ["--import", "tsx", "bench/run.ts", ...process.argv.slice(2)];
  return (await runProgram(process.execPath, args, { show: true })).code;
});
