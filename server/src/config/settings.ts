import { join, resolve } from "node:path";
import { z } from "zod";
import { LOG_LEVELS } from "../base/log.ts";

/** One setting that must exist before the catalog does. `env` and `key` (in the YAML file) name it; so does the command line. */
export interface SettingDefinition {
  readonly key: string;
  readonly env: string;
  readonly flag: string;
  readonly schema: z.ZodType;
  readonly defaultText: string;
  readonly meaning: string;
  /** Never printed with its value. */
  readonly secret?: true;
}

const port = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .min(1, "must be between 1 and 65535")
  .max(65_535, "must be between 1 and 65535");
const nonEmpty = z.string().min(1, "must not be empty");
const databaseUrl = z
  .string()
  .regex(
    /^(postgres(ql)?|sqlite):/,
    "must begin with postgres:// or sqlite:, such as postgres://user:password@host/nightjar",
  );

/** The one schema of the settings; the loader, the command line, the reference page and the messages all come from it. */
export const SETTINGS = [
  {
    key: "data",
    env: "NIGHTJAR_DATA",
    flag: "--data <folder>",
    schema: nonEmpty,
    defaultText: "`./data` under `npm start`, else `/var/lib/nightjar`",
    meaning: "Data folder: catalog, key file, workers' state and, unless placed elsewhere, footage",
  },
  {
    key: "host",
    env: "NIGHTJAR_HOST",
    flag: "--host <address>",
    schema: nonEmpty,
    defaultText: "`127.0.0.1`",
    meaning: "Address to listen on; `0.0.0.0` to be reachable from other machines",
  },
  {
    key: "port",
    env: "NIGHTJAR_PORT",
    flag: "--port <number>",
    schema: port,
    defaultText: "`8470`",
    meaning: "TCP port of the web page and the API",
  },
  {
    key: "database_url",
    env: "NIGHTJAR_DATABASE_URL",
    flag: "--database-url <url>",
    schema: databaseUrl,
    defaultText: "the SQLite file `catalog.sqlite` in the data folder",
    meaning: "The catalog: `postgres://…` for PostgreSQL, `sqlite:<file>` for another SQLite file",
    secret: true,
  },
  {
    key: "admin_username",
    env: "NIGHTJAR_ADMIN_USERNAME",
    flag: "--admin-username <name>",
    schema: nonEmpty,
    defaultText: "none: the first start prints a setup code",
    meaning: "Name of the first administrator, for an unattended first start",
  },
  {
    key: "admin_password",
    env: "NIGHTJAR_ADMIN_PASSWORD",
    flag: "",
    schema: z.string().min(10, "must have at least 10 characters"),
    defaultText: "none",
    meaning: "Password of the first administrator; not on the command line, where other users could read it",
    secret: true,
  },
  {
    key: "tls_cert",
    env: "NIGHTJAR_TLS_CERT",
    flag: "--tls-cert <file>",
    schema: nonEmpty,
    defaultText: "none: plain HTTP",
    meaning: "Certificate (PEM); needs `tls_key`",
  },
  {
    key: "tls_key",
    env: "NIGHTJAR_TLS_KEY",
    flag: "--tls-key <file>",
    schema: nonEmpty,
    defaultText: "none",
    meaning: "Private key of the certificate (PEM)",
  },
  {
    key: "worker_backend",
    env: "NIGHTJAR_WORKER_BACKEND",
    flag: "--worker-backend <kind>",
    schema: z.enum(["process", "systemd"], "must be process or systemd"),
    defaultText: "`process`; `systemd` as a service installed by `deploy/install.mjs`",
    meaning: "What runs the workers: child processes of the server, or units of systemd",
  },
  {
    key: "thumbnails",
    env: "NIGHTJAR_THUMBNAILS",
    flag: "--thumbnails <on-or-off>",
    schema: z.union([z.boolean(), z.stringbool("must be on or off")]),
    defaultText: "`on`",
    meaning: "Make thumbnails while recording; without, they are made when somebody looks, which takes longer",
  },
  {
    key: "log_level",
    env: "NIGHTJAR_LOG_LEVEL",
    flag: "--log-level <level>",
    schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`),
    defaultText: "`info`",
    meaning: "Least severe lines that are logged",
  },
  {
    key: "ffmpeg",
    env: "NIGHTJAR_FFMPEG",
    flag: "--ffmpeg <program>",
    schema: nonEmpty,
    defaultText: "`ffmpeg` on the search path",
    meaning: "The ffmpeg program (5.1 or newer); ffprobe is taken from beside it",
  },
  {
    key: "rclone",
    env: "NIGHTJAR_RCLONE",
    flag: "--rclone <program>",
    schema: nonEmpty,
    defaultText: "`rclone` on the search path",
    meaning: "The rclone program (1.60 or newer); only needed where footage goes to a network share",
  },
  {
    key: "run",
    env: "NIGHTJAR_RUN",
    flag: "--run <folder>",
    schema: nonEmpty,
    defaultText: "a short folder of this installation under `/run`, `$XDG_RUNTIME_DIR` or `/tmp`",
    meaning: "Folder of the workers' sockets; must be short (Linux cuts socket paths at 107 bytes)",
  },
  {
    key: "trust_proxy",
    env: "NIGHTJAR_TRUST_PROXY",
    flag: "--trust-proxy",
    schema: z.union([z.boolean(), z.stringbool("must be true or false")]),
    defaultText: "`false`",
    meaning: "Take the client's address and scheme from the headers of a reverse proxy in front",
  },
] as const satisfies readonly SettingDefinition[];

/** The settings after loading; paths are absolute. */
export interface Settings {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly admin: { readonly username: string; readonly password: string } | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly workerBackend: "process" | "systemd";
  /** Made while recording. */
  readonly thumbnails: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly ffmpeg: string;
  readonly rclone: string;
  readonly run: string | null;
  readonly trustProxy: boolean;
}

/** Where things lie in the data folder. */
export function dataPaths(data: string) {
  const root = resolve(data);
  return {
    root,
    catalog: join(root, "catalog.sqlite"),
    keyFile: join(root, "secret.key"),
    signingKey: join(root, "signing.key"),
    workers: join(root, "workers"),
    recordings: join(root, "recordings"),
    snapshots: join(root, "snapshots"),
    thumbnails: join(root, "thumbnails"),
    clips: join(root, "clips"),
    exports: join(root, "exports"),
    logs: join(root, "logs"),
    share: join(root, "share"),
  };
}
export type DataPaths = ReturnType<typeof dataPaths>;
