import { readFile } from "node:fs/promises";
import { ensureServerBuilt, ensureWebBuilt } from "./build.mjs";
import { withLock } from "./lock.mjs";
import { chosenFfmpegNeed, FFMPEG_NEED, FONT_NEED, TEST_NEEDS } from "./needs.mjs";
import { ensurePackages } from "./packages.mjs";
import { inRoot } from "./places.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

/**
 * Everything `npm start` needs: system packages first, because that is where it may have to stop; then packages; then what is stale.
 * @param {readonly string[]} serverArgs
 */
export async function prepareToStart(serverArgs) {
  await withLock(async () => {
    await ensureSystemPackages([
      ...(await ffmpegNeeds(serverArgs)),
      ...(serverArgs.includes("--demo") ? [FONT_NEED] : []),
    ]);
    await ensurePackages();
    await ensureServerBuilt();
    await ensureWebBuilt();
  });
}

/** Everything the end-to-end tests and the benchmarks need. */
export async function prepareToTest() {
  await withLock(async () => {
    await ensureSystemPackages([FFMPEG_NEED, ...TEST_NEEDS]);
    await ensurePackages();
    await ensureServerBuilt();
    await ensureWebBuilt();
  });
}

/** npm packages only. */
export async function prepareToCheck() {
  await withLock(ensurePackages);
}

/** A configuration file may name an ffmpeg of its own; then the server is the one to judge it. @param {readonly string[]} args */
async function ffmpegNeeds(args) {
  const flag = optionValue(args, "--ffmpeg");
  if (flag !== undefined) return [chosenFfmpegNeed(flag, "--ffmpeg")];
  const variable = process.env.NIGHTJAR_FFMPEG;
  if (variable !== undefined) return [chosenFfmpegNeed(variable, "NIGHTJAR_FFMPEG")];
  return (await configFileSets(args, "ffmpeg")) ? [] : [FFMPEG_NEED];
}

/**
 * Under `npm start` the data folder is `data` in the repository, unless any of the sources of settings names another.
 * @param {readonly string[]} serverArgs
 * @returns {Promise<void>}
 */
export async function setDefaultDataFolder(serverArgs) {
  if (optionValue(serverArgs, "--data") !== undefined || (await configFileSets(serverArgs, "data"))) return;
  process.env.NIGHTJAR_DATA ??= inRoot("data");
}

/**
 * Looks for a key at the beginning of a line: the YAML reader may not be installed yet. A file that cannot be read sets nothing; the server will say so.
 * @param {readonly string[]} args
 * @param {string} key
 */
async function configFileSets(args, key) {
  const file = optionValue(args, "--config") ?? process.env.NIGHTJAR_CONFIG;
  if (file === undefined) return false;
  const text = await readFile(file, "utf8").catch(() => "");
  return new RegExp(`^["']?${key}["']?\\s*:`, "m").test(text);
}

/** The value of `--name value` or `--name=value`. @param {readonly string[]} args @param {string} name */
function optionValue(args, name) {
  const joined = args.find((arg) => arg.startsWith(`${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 1);
  const at = args.indexOf(name);
  return at === -1 ? undefined : args[at + 1];
}
