import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ListeningProgram } from "./listening-program.ts";

/** A server of files that is not a NAS. */
export interface ObjectStore {
  readonly server: ListeningProgram;
  /** How it is reached, as the settings want it. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Where its disk has what lies on it under a path. */
  fileOf(path: string): string;
}

const BUCKET = "cameras";
const FOLDER = "night/jar";
const PASSWORD = "a-store-passphrase";
/** The S3 server is one of the server's tests. */
const S3_PROGRAM = () =>
  createRequire(join(import.meta.dirname, "../../server/package.json")).resolve("s3rver/bin/s3rver.js");

/** An S3 server with one bucket, in a folder of its own. Its only user has the name and the password `S3RVER`. */
export async function s3Store(folder: string, port: number): Promise<ObjectStore> {
  await mkdir(folder, { recursive: true });
  const place = ["-d", folder, "-a", "127.0.0.1", "-p", `${port}`, "--configure-bucket", BUCKET];
  const user = { username: "S3RVER", password: "S3RVER" };
  return {
    server: new ListeningProgram({ program: process.execPath, args: [S3_PROGRAM(), "-s", ...place], port }),
    settings: { endpoint: `http://127.0.0.1:${port}`, bucket: BUCKET, path: FOLDER, ...user },
    // As this server names what it keeps.
    fileOf: (path) => join(folder, BUCKET, FOLDER, `${path}._S3rver_object`),
  };
}

/** An SFTP server, in a folder of its own. */
export async function sftpStore(folder: string, port: number): Promise<ObjectStore> {
  const files = join(folder, "files");
  await mkdir(files, { recursive: true });
  const username = "nightjar";
  const environment = { RCLONE_USER: username, RCLONE_PASS: PASSWORD, RCLONE_CONFIG: "/dev/null" };
  return {
    server: new ListeningProgram({
      ...{ program: "rclone", args: ["serve", "sftp", files, "--addr", `127.0.0.1:${port}`], port },
      environment: { ...environment, RCLONE_CACHE_DIR: folder },
    }),
    settings: { host: "127.0.0.1", port, path: FOLDER, username, password: PASSWORD },
    fileOf: (path) => join(files, FOLDER, path),
  };
}
