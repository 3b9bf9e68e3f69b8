import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { listProcesses } from "./processes.ts";

const NEW = ".new";

/** The ways in which a password could stand somewhere: as it is, in a URL, in an Authorization header or a URL's credentials. */
function spellings(password: string, username: string): string[] {
  const encoded = encodeURIComponent(password);
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  const json = JSON.stringify(password).slice(1, -1);
  return [...new Set([password, encoded, basic, json, Buffer.from(password).toString("base64")])];
}

/** Where the password of a camera stands for others to read: texts given by name, files of a folder, arguments and environments. */
export async function findPassword(
  credentials: { username: string; password: string },
  places: { texts: Record<string, string>; folder: string },
): Promise<string[]> {
  const wanted = spellings(credentials.password, credentials.username);
  const has = (text: string | Buffer) => wanted.some((spelling) => text.includes(spelling));
  const inTexts = Object.entries(places.texts).flatMap(([name, text]) => (has(text) ? [name] : []));
  const inProcesses = listProcesses().flatMap(({ pid, arguments: words, environment }) => [
    ...(has(words) ? [`arguments of process ${pid}`] : []),
    ...(has(environment) ? [`environment of process ${pid}`] : []),
  ]);
  const inFiles: string[] = [];
  for (const entry of await readdir(places.folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && has(await readOrReplaced(file))) inFiles.push(file);
  }
  return [...inTexts, ...inProcesses, ...inFiles];
}

/** Files are replaced by a new one beside them, which may have taken their name since it was listed. */
async function readOrReplaced(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!file.endsWith(NEW)) throw error;
    return readFile(file.slice(0, -NEW.length));
  }
}
