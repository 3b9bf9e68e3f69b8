import { runProgram, step } from "./program.mjs";
import { digestOfContent, unlessUpToDate } from "./stamp.mjs";

/** Installs the npm packages when they are missing, half-installed, or of another package-lock.json or Node. */
export async function ensurePackages() {
  await unlessUpToDate({
    stamp: "packages.stamp",
    inputs: () =>
      digestOfContent("package-lock.json", `${process.platform} ${process.arch} ${process.versions.modules}`),
    results: ["node_modules/.package-lock.json"],
    make: () => step("Installing packages (npm ci; about a minute)", npmCi),
  });
}

function npmCi() {
  // NODE_ENV=production would leave out the compiler.
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  return npm?.endsWith(".js") === true ? runProgram(process.execPath, [npm, ...args]) : runProgram("npm", args);
}
