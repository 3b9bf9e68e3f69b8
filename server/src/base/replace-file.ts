import { rename, writeFile } from "node:fs/promises";

/**
 * Puts `text` in place of what the file held, whole or not at all. `durable`: it is on the disk when this resolves. Rejects with the
 * system's error.
 */
export async function replaceFile(
  path: string,
  text: string,
  { durable = false, mode = 0o600 }: { readonly durable?: boolean; readonly mode?: number } = {},
): Promise<void> {
  await writeFile(`${path}.new`, text, { mode, flush: durable });
  await rename(`${path}.new`, path);
}
