// npm start: sets up what is missing or stale, then is the server.
import "./node-version.mjs";
import { pathToFileURL } from "node:url";
import { inRoot } from "./places.mjs";
import { prepareToStart, setDefaultDataFolder } from "./prepare.mjs";
import { runCommand } from "./problem.mjs";

const args = process.argv.slice(2);
let ready = false;

await runCommand(async () => {
  await prepareToStart(args);
  await setDefaultDataFolder(args);
  ready = true;
  return 0;
});

if (ready) {
  // In this process, so that signals and the exit code are the server's own.
  const main = inRoot("server/dist/bundle/main.js");
  process.argv = [process.execPath, main, "serve", ...args];
  await import(pathToFileURL(main).href);
}
