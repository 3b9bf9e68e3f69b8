import { existsSync } from "node:fs";
import { Problem } from "../setup/problem.mjs";
import { runProgram } from "../setup/program.mjs";

/** Throws where a service cannot be installed or removed. */
export function requireRootAndSystemd() {
  if (process.getuid?.() !== 0) throw new Problem("This changes the system: call it as root, with sudo.");
  // What sd_booted(3) looks for.
  if (!existsSync("/run/systemd/system"))
    throw new Problem("This machine was not started by systemd. Use npm start, and whatever starts programs here.");
}

/** Runs a program that must succeed; answers what it printed. @param {string} program @param {readonly string[]} args */
export async function run(program, args) {
  const { code, output } = await runProgram(program, args);
  if (code !== 0) throw new Problem(`${program} ${args.join(" ")} ended with ${code}:\n${output.trim()}`);
  return output.trim();
}
