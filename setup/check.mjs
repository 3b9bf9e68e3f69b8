// npm run check: everything that can be said about the code without starting the product.
import "./node-version.mjs";
import { runCheckSteps } from "./check-steps.mjs";
import { prepareToCheck } from "./prepare.mjs";
import { runCommand } from "./problem.mjs";

await runCommand(async () => {
  await prepareToCheck();
  return (await runCheckSteps()) ? 0 : 1;
});
