import { stat } from "node:fs/promises";
import { NightjarError } from "../base/error.ts";
import type { DataPaths } from "../config/settings.ts";

/**
 * Sees to it that root does not make files that the server, which may run as another user, could then not write. Throws `unavailable` with
 * what to call instead. Whose the server is, its key file tells.
 */
export async function requireSameUser({ root, keyFile }: DataPaths): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const uid = await stat(keyFile).then(
    (stats) => stats.uid,
    () => 0,
  );
  if (uid === 0) return;
  throw new NightjarError(
    "unavailable",
    `Nightjar works on ${root} as the user with the id ${uid}. Call this as that user too, for example behind: sudo -u '#${uid}'`,
  );
}
