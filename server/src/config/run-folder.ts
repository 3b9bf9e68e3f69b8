import { createHash } from "node:crypto";
import { lstat, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NightjarError } from "../base/error.ts";
import { makeFolder } from "../base/make-folder.ts";

/** Linux cuts the path of a Unix socket at 107 bytes without a word; the longest name of a worker's socket takes about 40. */
const MAX_FOLDER_BYTES = 66;

/**
 * Makes (mode 0700) and answers the folder of the workers' sockets: `configured`, or a short one of this data folder's own. Throws
 * `invalid_field` when it is too long or belongs to somebody else.
 */
export async function prepareRunFolder(configured: string | null, dataFolder: string): Promise<string> {
  const folder = configured ?? join(runBase(), `nightjar-${shortHash(await realpath(dataFolder))}`);
  if (Buffer.byteLength(folder) > MAX_FOLDER_BYTES) {
    throw new NightjarError(
      "invalid_field",
      `The run folder ${folder} is longer than ${MAX_FOLDER_BYTES} bytes. Set NIGHTJAR_RUN to a shorter one.`,
    );
  }
  await makeFolder(folder, 0o700);
  const stats = await lstat(folder);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) {
    throw new NightjarError(
      "invalid_field",
      `The run folder ${folder} belongs to another user. Set NIGHTJAR_RUN to a folder of one's own.`,
    );
  }
  return folder;
}

function runBase(): string {
  if (process.getuid?.() === 0) return "/run";
  return process.env.XDG_RUNTIME_DIR ?? tmpdir();
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
