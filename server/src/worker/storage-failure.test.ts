import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { storageFailure } from "./storage-failure.ts";

const folder = testFolder();
const failed = (code: string) =>
  storageFailure("/srv/footage/12", Object.assign(new Error(`${code}: it failed`), { code }));

describe("why footage cannot be written", () => {
  it("is told with its cause, the folder, and that recording goes on by itself", () => {
    for (const code of ["ENOSPC", "EDQUOT"]) expect(failed(code).cause).toBe("disk_full");
    for (const code of ["EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EIO"])
      expect(failed(code).cause).toBe("storage_missing");
    for (const code of ["ENOSPC", "EROFS", "EACCES", "ENOENT", "EIO"])
      expect(failed(code).message).toContain("/srv/footage/12");
    for (const code of ["ENOSPC", "EROFS", "EACCES", "ENOENT"])
      expect(failed(code).message).toContain("goes on by itself");
    expect(failed("EIO").message).toContain("EIO: it failed");
  });

  it("is read from what the system really says", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const errors = await Promise.all(
      [writeFile("/dev/full", "x"), mkdir(join(file, "inside"))].map((one) => one.catch((error: unknown) => error)),
    );
    expect(errors.map((error) => storageFailure(folder, error).cause)).toEqual(["disk_full", "storage_missing"]);
  });
});
