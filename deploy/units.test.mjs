import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../setup/places.mjs";
import { installedFiles } from "./units.mjs";

const PLACES = { root: ROOT, node: process.execPath, data: "/srv/footage", config: "/etc/nightjar/nightjar.yaml" };

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nightjar-units-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function units() {
  return (await installedFiles(PLACES)).filter(({ path }) => path.startsWith("/etc/systemd/"));
}

describe("the units of systemd", () => {
  it("are accepted by systemd without a remark", async () => {
    mkdirSync(join(folder, "units"));
    const paths = (await units()).map(({ path, text }) => {
      const file = join(folder, "units", basename(path).replace("@.", "@1-12."));
      writeFileSync(file, text);
      return file;
    });
    expect(paths).toHaveLength(4);
    const { error, status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...paths], {
      encoding: "utf8",
    });
    // A machine without systemd cannot say.
    if (error !== undefined) return expect(error).toMatchObject({ code: "ENOENT" });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  });

  it("have every place filled in", async () => {
    for (const { path, text } of await units()) {
      expect(text, path).not.toMatch(/@(ROOT|NODE|DATA|CONFIG|HARDENING)@/);
      if (path.endsWith(".service")) expect(text).toContain("ReadWritePaths=/srv/footage\n");
    }
  });
});
