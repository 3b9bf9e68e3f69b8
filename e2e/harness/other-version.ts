import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");

/** Puts the built program into `folder` as if it had been released as `version`; answers its `main.js`. */
export async function otherVersion(folder: string, version: string): Promise<string> {
  const [from, to] = [join(REPOSITORY, "server"), join(folder, "server")];
  await mkdir(to, { recursive: true });
  for (const part of ["bin", "dist"]) await cp(join(from, part), join(to, part), { recursive: true });
  const about = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as object;
  await writeFile(join(to, "package.json"), JSON.stringify({ ...about, version }));
  for (const part of ["node_modules", "web"]) await symlink(join(REPOSITORY, part), join(folder, part));
  return join(to, "dist/bundle/main.js");
}
