import { chown, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { dataPaths } from "../config/settings.ts";
import { requireSameUser } from "./same-user.ts";

const NOBODY = 65_534;

it("root makes no files in a data folder on which the server works as another user; whoever else calls is let", async () => {
  const paths = dataPaths(testFolder());
  await requireSameUser(paths);
  await writeFile(paths.keyFile, "");
  await requireSameUser(paths);
  if (process.getuid?.() !== 0) return;
  await chown(paths.keyFile, NOBODY, NOBODY);
  await expect(requireSameUser(paths)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("sudo -u '#65534'"),
  });
});
