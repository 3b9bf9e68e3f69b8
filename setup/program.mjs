import { spawn } from "node:child_process";
import { ROOT } from "./places.mjs";
import { Problem } from "./problem.mjs";

/**
 * @typedef {object} ProgramOptions
 * @property {string} [cwd] the repository's root unless given
 * @property {Record<string, string>} [env] added to the environment
 * @property {boolean} [show] lets the program write to the terminal; otherwise its output is collected
 */

/** @typedef {{ code: number, output: string }} ProgramResult `output`: what it wrote to both streams, unless shown */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

let interrupted = false;

/** Called with the ids of the running programs whenever they change; the lock listens. */
export const watchPrograms = { onChange: () => {} };

/** @returns {number[]} */
export function runningProgramIds() {
  return [...running].flatMap((child) => child.pid ?? []);
}

/** Asks all running programs to end. */
export function stopPrograms() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs a program to its end. 127 when it does not exist, 1 when a signal ended it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {ProgramOptions} [options]
 * @returns {Promise<ProgramResult>}
 */
export function runProgram(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: options.show === true ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      interrupted = true;
      child.kill(signal);
    };
    const finish = (/** @type {ProgramResult} */ result) => {
      running.delete(child);
      watchPrograms.onChange();
      process.removeListener("SIGTERM", forward);
      process.removeListener("SIGINT", forward);
      resolve(result);
    };
    child.on("error", (error) => finish({ code: 127, output: error.message }));
    child.on("close", (code) => finish({ code: code ?? 1, output }));
    process.on("SIGTERM", forward);
    process.on("SIGINT", forward);
    if (child.pid === undefined) return;
    running.add(child);
    watchPrograms.onChange();
  });
}

/**
 * Runs a tool out of `node_modules/.bin` under this very Node.
 * @param {string} tool
 * @param {readonly string[]} args
 * @param {ProgramOptions} [options]
 */
export function runTool(tool, args, options) {
  return runProgram(process.execPath, [`${ROOT}/node_modules/.bin/${tool}`, ...args], options);
}

/**
 * One line on the terminal for a long step: what, then how long it took. A failure shows the program's output and stops.
 * @param {string} text
 * @param {() => Promise<ProgramResult>} action
 */
export async function step(text, action) {
  const startedMs = performance.now();
  process.stdout.write(`${text} … `);
  const { code, output } = await action();
  const took = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  process.stdout.write(code === 0 ? `${took}\n` : `failed after ${took}\n`);
  if (interrupted) throw new Problem("Interrupted. The next call does again what was not finished.");
  if (code !== 0) throw new Problem(`${output.trimEnd()}\n\nThis step failed: ${text}. The lines above say why.`);
}
