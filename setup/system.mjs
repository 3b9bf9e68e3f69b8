import { readFile } from "node:fs/promises";

/** @typedef {"apt" | "dnf" | "pacman" | "brew"} Installer */

/** @typedef {Readonly<Record<Installer, readonly string[]>>} PackageNames */

/** The program that installs packages on this system; null where we do not know one. @returns {Promise<Installer | null>} */
export async function installerOfSystem() {
  if (process.platform === "darwin") return "brew";
  return installerOf(await readFile("/etc/os-release", "utf8").catch(() => ""));
}

/** @param {string} osRelease content of os-release(5) @returns {Installer | null} */
export function installerOf(osRelease) {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) => (match[1] ?? "").split(" "));
  if (ids.some((id) => id === "debian" || id === "ubuntu")) return "apt";
  if (ids.some((id) => id === "fedora" || id === "rhel")) return "dnf";
  if (ids.includes("arch")) return "pacman";
  return null;
}

/**
 * The command a person types to install packages.
 * @param {Installer} installer
 * @param {readonly string[]} packages
 */
export function installCommand(installer, packages) {
  const names = packages.join(" ");
  switch (installer) {
    case "apt":
      return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`;
    case "dnf":
      return `sudo dnf install -y ${names}`;
    case "pacman":
      return `sudo pacman -S --needed ${names}`;
    case "brew":
      return `brew install ${names}`;
  }
}
