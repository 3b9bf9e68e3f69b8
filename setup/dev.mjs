// npm run dev: the server and the pages from their sources, both restarted or reloaded when a file changes.
import "./node-version.mjs";
import { prepareToStart, setDefaultDataFolder } from "./prepare.mjs";
import { runCommand } from "./problem.mjs";
import { runTool, stopPrograms } from "./program.mjs";

const args = process.argv.slice(2);

await runCommand(async () => {
  await prepareToStart(args);
  await setDefaultDataFolder(args);
  const programs = [
    runTool("tsc", ["-b", "api", "--watch", "--preserveWatchOutput"], { show: true }),
    runTool("tsx", ["watch", "--clear-screen=false", "server/src/cli/main.ts", "serve", ...args], { show: true }),
    runTool("vite", ["web"], { show: true }),
  ];
  // One of them ending (a taken port, Ctrl-C) ends the others.
  const first = await Promise.race(programs);
  stopPrograms();
  await Promise.all(programs);
  return first.code;
});
