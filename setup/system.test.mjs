import { expect, it } from "vitest";
import { ffmpegProblem, isNewEnough } from "./ffmpeg.mjs";
import { installCommand, installerOf } from "./system.mjs";

it("accepts ffmpeg from 5.1 on", () => {
  const versions = [
    "5.1.9-0+deb12u1",
    "5.1",
    "6.0",
    "n7.1",
    "10.0",
    "N-109741-gbbe95f7353",
    "2024-05-02-git-71669f2ad5",
  ];
  for (const version of versions) expect(isNewEnough(`ffmpeg version ${version} Copyright`), version).toBe(true);
});

it("refuses older ones and programs that are not ffmpeg", () => {
  for (const version of ["4.3.6", "5.0.1", "n4.4"])
    expect(isNewEnough(`ffmpeg version ${version}`), version).toBe(false);
  expect(isNewEnough("hello")).toBe(false);
});

it("says which program is missing", async () => {
  expect(await ffmpegProblem("/nonexistent/ffmpeg")).toEqual({
    found: false,
    message: "/nonexistent/ffmpeg was not found or does not run.",
  });
});

it("knows the installer of a system and of those that descend from it", () => {
  expect(installerOf('ID=debian\nVERSION_ID="12"')).toBe("apt");
  expect(installerOf('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"')).toBe("apt");
  expect(installerOf("ID=fedora")).toBe("dnf");
  expect(installerOf('ID="rocky"\nID_LIKE="rhel centos fedora"')).toBe("dnf");
  expect(installerOf("ID=arch")).toBe("pacman");
  expect(installerOf("ID=nixos")).toBe(null);
});

it("gives the exact command", () => {
  expect(installCommand("apt", ["ffmpeg", "fonts-dejavu-core"])).toBe(
    "sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg fonts-dejavu-core",
  );
  expect(installCommand("pacman", ["ffmpeg"])).toBe("sudo pacman -S --needed ffmpeg");
});
