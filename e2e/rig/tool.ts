import { spawn } from "node:child_process";

/** Debian's own Python: the one that has the packages of cameras.py. */
export const PYTHON = "/usr/bin/python3";

export interface ToolResult {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program to its end with `input` on its standard input. Throws with its messages when it fails. */
export async function runTool(program: string, args: readonly string[], input?: Buffer): Promise<ToolResult> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // A program that ends before it has read everything closes the pipe; its exit code tells what happened.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const stderr = Buffer.concat(err).toString("utf8");
  if (code !== 0)
    throw new Error(`${program} ended with ${code}: ${stderr.trim() || "no message"}\n  ${args.join(" ")}`);
  return { stdout: Buffer.concat(out), stderr };
}
