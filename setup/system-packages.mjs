import { Problem } from "./problem.mjs";
import { runProgram, step } from "./program.mjs";
import { installCommand, installerOfSystem } from "./system.mjs";

/** @typedef {import("./needs.mjs").Need} Need */

/**
 * Makes sure that the needs are met. As root on Debian or Ubuntu it installs what is missing, after saying so; elsewhere it stops with the
 * command to run.
 * @param {readonly Need[]} needs
 */
export async function ensureSystemPackages(needs) {
  const lacking = await unmet(needs);
  if (lacking.length === 0) return;
  const packages = lacking.flatMap(({ need }) => need.packages.apt);
  const canInstall = (await installerOfSystem()) === "apt" && process.getuid?.() === 0;
  if (!canInstall || lacking.some(({ lack }) => lack.cure !== undefined)) throw new Problem(await advice(lacking));
  console.log(`Missing on this system: ${lacking.map(({ need }) => need.name).join(", ")}.`);
  console.log(`Installing the Debian packages ${packages.join(" ")}`);
  await aptInstall(packages);
  const still = await unmet(needs);
  if (still.length > 0) throw new Problem(await advice(still));
}

/** @param {readonly Need[]} needs */
async function unmet(needs) {
  const results = await Promise.all(needs.map(async (need) => ({ need, lack: await need.lack() })));
  return results.flatMap(({ need, lack }) => (lack === null ? [] : [{ need, lack }]));
}

/** @param {readonly { need: Need, lack: import("./needs.mjs").Lack }[]} lacking */
async function advice(lacking) {
  const lines = lacking.flatMap(({ lack }) => [lack.message, ...(lack.cure === undefined ? [] : [lack.cure])]);
  const curable = lacking.filter(({ lack }) => lack.cure === undefined).map(({ need }) => need);
  const installer = await installerOfSystem();
  if (curable.length > 0 && installer === null)
    lines.push(`Install with the tools of your system: ${curable.map((need) => need.name).join(", ")}.`);
  else if (curable.length > 0 && installer !== null) {
    const packages = curable.flatMap((need) => need.packages[installer]);
    lines.push("To install what is missing, run:", `  ${installCommand(installer, packages)}`);
  }
  return [...lines, "Then call this again."].join("\n");
}

/** @param {readonly string[]} packages */
async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  // Waits for another run of apt instead of failing at once.
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  const update = () =>
    step("Updating the package lists (apt-get update)", () => runProgram("apt-get", [...wait, "update"], { env }));
  const install = () =>
    runProgram("apt-get", [...wait, "install", "-y", "--no-install-recommends", ...packages], { env });
  const known = await runProgram("apt-cache", ["show", "--no-all-versions", ...packages]);
  if (known.code !== 0) await update();
  await step("Installing (apt-get install; some minutes)", async () => {
    const first = await install();
    // Old lists name files that the mirror no longer has.
    if (first.code === 0 || known.code !== 0) return first;
    const updated = await runProgram("apt-get", [...wait, "update"], { env });
    return updated.code === 0 ? install() : updated;
  });
}
