import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { STATE } from "./places.mjs";
import { Problem } from "./problem.mjs";
import { runningProgramIds, watchPrograms } from "./program.mjs";

const PATIENCE_MS = 20 * 60_000;
const LOOK_AGAIN_MS = 250;

/**
 * Runs `action` while no other set-up works in this folder. The lock names the holder and the programs it runs: when the holder was killed,
 * its `npm ci` may still be writing, and the lock stays taken until that has ended too.
 * @template T
 * @param {() => Promise<T>} action
 * @param {string} [folder] where the lock lies
 * @returns {Promise<T>}
 */
export async function withLock(action, folder = STATE) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "lock");
  await take(file);
  let writing = Promise.resolve();
  watchPrograms.onChange = () => {
    writing = writing.then(() => replace(file)).catch(() => {});
  };
  try {
    return await action();
  } finally {
    watchPrograms.onChange = () => {};
    await writing;
    await rm(file, { force: true });
  }
}

/** @param {string} file */
async function take(file) {
  const giveUpMs = performance.now() + PATIENCE_MS;
  let said = false;
  while (!(await create(file))) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) continue;
    const alive = await livingHolders(text);
    if (alive.length === 0) {
      await removeStale(file, text);
      continue;
    }
    if (!said) console.log(`Another set-up of this folder is running (process ${alive.join(", ")}); waiting for it.`);
    said = true;
    if (performance.now() > giveUpMs)
      throw new Problem(`Process ${alive.join(", ")} still holds ${file}. End it, then call this again.`);
    await wait(LOOK_AGAIN_MS);
  }
}

/** Created with its content in one step, so that nobody reads a half-written one. @param {string} file */
async function create(file) {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, await holders());
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** @param {string} file */
async function replace(file) {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, await holders());
  await rename(draft, file);
}

/**
 * Moves the lock away before deleting it: of two that find the same stale lock one could otherwise delete the other's fresh one.
 * @param {string} file
 * @param {string} staleText
 */
async function removeStale(file, staleText) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8")) !== staleText) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function holders() {
  const lines = await Promise.all(
    [process.pid, ...runningProgramIds()].map(async (pid) => `${pid} ${await bornAt(pid)}\n`),
  );
  return lines.join("");
}

/** @param {string} text @returns {Promise<number[]>} */
async function livingHolders(text) {
  const alive = [];
  for (const line of text.trim().split("\n")) {
    const [pid = "", born = ""] = line.split(" ");
    if (isAlive(Number(pid)) && (await bornAt(Number(pid))) === born) alive.push(Number(pid));
  }
  return alive;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Tells a process from a later one with the same id: its start time in clock ticks since boot (proc(5), field 22); "-" without /proc.
 * One that has ended and only waits to be collected counts as another: where nobody collects it, it would hold the lock for ever.
 */
async function bornAt(/** @type {number} */ pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "ended" : (fields[19] ?? "-");
}
