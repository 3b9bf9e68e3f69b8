// sudo node deploy/uninstall.mjs: stops Nightjar and removes the service. Footage, catalog and settings stay.
import "../setup/node-version.mjs";
import { rm } from "node:fs/promises";
import { runCommand } from "../setup/problem.mjs";
import { runProgram } from "../setup/program.mjs";
import { requireRootAndSystemd, run } from "./machine.mjs";
import { CONFIG_FILE, INSTALLED_PATHS, SERVER, SERVICE_USER, TARGET, WORKER_UNITS } from "./units.mjs";

await runCommand(async () => {
  requireRootAndSystemd();
  console.log("Stopping the server and all workers; open segments are being closed");
  // Nothing is there to be stopped where an earlier call was interrupted.
  await runProgram("systemctl", ["disable", TARGET, SERVER]);
  await runProgram("systemctl", ["stop", TARGET, SERVER, ...WORKER_UNITS]);
  for (const path of [...INSTALLED_PATHS.units, INSTALLED_PATHS.rules]) {
    console.log(`Removing ${path}`);
    await rm(path, { force: true });
  }
  await rm("/run/nightjar", { recursive: true, force: true });
  await run("systemctl", ["daemon-reload"]);
  await runProgram("systemctl", ["reset-failed", SERVER, ...WORKER_UNITS]);
  console.log(`
Nightjar is no service any more. Left for you to keep or remove: the data folder with the footage (/var/lib/nightjar unless installed with
--data), ${CONFIG_FILE}, and the user ${SERVICE_USER} (userdel ${SERVICE_USER}).`);
  return 0;
});
