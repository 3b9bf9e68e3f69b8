// sudo node deploy/install.mjs [--data <folder>]: Nightjar as a service of systemd, run from where this clone lies. Asks nothing, says what
// it does; called again, it takes over a newer version while the cameras go on recording.
import "../setup/node-version.mjs";
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { POLKIT_NEED } from "../setup/needs.mjs";
import { inRoot, ROOT } from "../setup/places.mjs";
import { prepareToStart } from "../setup/prepare.mjs";
import { Problem, runCommand } from "../setup/problem.mjs";
import { runProgram } from "../setup/program.mjs";
import { ensureSystemPackages } from "../setup/system-packages.mjs";
import { requireRootAndSystemd, run } from "./machine.mjs";
import { CONFIG_FILE, installedFiles, SERVER, SERVICE_USER, TARGET } from "./units.mjs";

const DEFAULT_DATA = "/var/lib/nightjar";
const FIRST_CONFIG = `# Settings of Nightjar: docs/reference/configuration.md has them all. Take a change over with: systemctl reload nightjar
#host: 0.0.0.0
#port: 8470
`;

await runCommand(async () => {
  const places = { root: ROOT, node: process.execPath, data: wantedData(), config: CONFIG_FILE };
  requireRootAndSystemd();
  for (const path of [places.root, places.node, places.data]) requireUsablePath(path);
  await prepareToStart(["--config", CONFIG_FILE]);
  await ensureSystemPackages([POLKIT_NEED]);
  const user = await ensureUser();
  await requireReadableProgram(places.node);
  await ensureDataFolder(places.data, user);
  await ensureConfigFile(user);
  for (const { path, text } of await installedFiles(places)) await writeIfChanged(path, text);
  await run("systemctl", ["daemon-reload"]);
  await run("systemctl", ["enable", TARGET, SERVER]);
  await startOrTakeOver();
  console.log(`
Nightjar runs as a service. Its address, and at the first start the setup code:
  journalctl -u nightjar
Settings: ${CONFIG_FILE} (then: systemctl reload nightjar)
Workers:  systemctl list-units "nightjar-worker@*"
Stop all: systemctl stop nightjar.target
Remove:   node ${inRoot("deploy/uninstall.mjs")}`);
  return 0;
});

function wantedData() {
  try {
    const { values } = parseArgs({ options: { data: { type: "string", default: DEFAULT_DATA } } });
    return resolve(values.data);
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\nThe only option is --data <folder>.`);
  }
}

/** @param {string} path */
function requireUsablePath(path) {
  if (!/^[\w./+-]+$/.test(path))
    throw new Problem(`${path} has characters that do not fit into a unit of systemd. Choose a place without them.`);
  if (/^\/(home|root|run\/user|tmp|var\/tmp)\//.test(path))
    throw new Problem(
      `${path} is in a folder that the service does not see. Put it elsewhere: the program to /opt/nightjar, Node.js to /usr or /opt.`,
    );
}

/** @returns {Promise<{ uid: number, gid: number }>} */
async function ensureUser() {
  if ((await runProgram("id", [SERVICE_USER])).code !== 0) {
    console.log(`Making the user ${SERVICE_USER}`);
    const home = ["--home-dir", DEFAULT_DATA, "--no-create-home", "--shell", "/usr/sbin/nologin"];
    await run("useradd", ["--system", "--user-group", ...home, SERVICE_USER]);
  }
  const number = async (/** @type {string} */ flag) => Number(await run("id", [flag, SERVICE_USER]));
  return { uid: await number("-u"), gid: await number("-g") };
}

/** @param {string} node */
async function requireReadableProgram(node) {
  const program = inRoot("server/bin/nightjar.mjs");
  const { code, output } = await runProgram("runuser", ["-u", SERVICE_USER, "--", node, program, "version"]);
  if (code === 0) return;
  throw new Problem(
    `The user ${SERVICE_USER} cannot run ${program}:\n${output.trim()}\nLet all users read ${ROOT} (chmod -R a+rX), or clone it to /opt/nightjar.`,
  );
}

/** @param {string} data @param {{ uid: number, gid: number }} user */
async function ensureDataFolder(data, { uid, gid }) {
  await mkdir(data, { recursive: true });
  const foreign = [];
  for (const name of await readdir(data)) if ((await stat(join(data, name))).uid !== uid) foreign.push(name);
  if (foreign.length > 0)
    throw new Problem(
      `${foreign.join(", ")} in ${data} belong to another user. Stop what uses them, then run: chown -R ${SERVICE_USER}: ${data}`,
    );
  await chown(data, uid, gid);
  await chmod(data, 0o750);
  console.log(`Data folder: ${data}`);
}

/** It may hold passwords: only root writes it, only the service reads it. @param {{ gid: number }} user */
async function ensureConfigFile({ gid }) {
  await mkdir(dirname(CONFIG_FILE), { recursive: true });
  const present = await stat(CONFIG_FILE).catch(() => null);
  if (present === null) {
    console.log(`Writing ${CONFIG_FILE}`);
    await writeFile(CONFIG_FILE, FIRST_CONFIG, { mode: 0o640 });
  }
  await chown(CONFIG_FILE, 0, gid);
  await chmod(CONFIG_FILE, 0o640);
}

/** @param {string} path @param {string} text */
async function writeIfChanged(path, text) {
  if ((await readFile(path, "utf8").catch(() => null)) === text) return;
  console.log(`Writing ${path}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o644 });
}

async function startOrTakeOver() {
  if ((await runProgram("systemctl", ["is-active", SERVER])).code === 0) {
    console.log("Restarting the server; the cameras go on recording");
    await run("systemctl", ["restart", SERVER]);
  } else console.log("Starting the server");
  await run("systemctl", ["start", TARGET, SERVER]);
}
