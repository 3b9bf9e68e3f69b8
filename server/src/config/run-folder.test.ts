import { chown, mkdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { prepareRunFolder } from "./run-folder.ts";

const folder = testFolder();

describe("the folder of the workers' sockets", () => {
  it("is made for its owner alone", async () => {
    const wanted = join(folder, "run");
    expect(await prepareRunFolder(wanted, folder)).toBe(wanted);
    expect((await stat(wanted)).mode & 0o777).toBe(0o700);
    expect(await prepareRunFolder(wanted, folder)).toBe(wanted);
  });

  it("is refused when a socket's path would be too long for the system, naming the setting", async () => {
    const long = join(folder, "x".repeat(60));
    await expect(prepareRunFolder(long, folder)).rejects.toMatchObject({
      code: "invalid_field",
      message: expect.stringContaining("NIGHTJAR_RUN"),
    });
    await expect(stat(long)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is refused when it is a link, or somebody else's", async () => {
    await mkdir(join(folder, "target"));
    await symlink(join(folder, "target"), join(folder, "link"));
    await expect(prepareRunFolder(join(folder, "link"), folder)).rejects.toMatchObject({ code: "invalid_field" });
    if (process.getuid?.() !== 0) return;
    await mkdir(join(folder, "foreign"));
    await chown(join(folder, "foreign"), 65_534, 65_534);
    await expect(prepareRunFolder(join(folder, "foreign"), folder)).rejects.toMatchObject({ code: "invalid_field" });
  });
});
