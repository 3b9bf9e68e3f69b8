import { dirname, resolve } from "node:path";
import { NightjarError } from "../base/error.ts";
import { readConfigFile } from "./config-file.ts";
import { dataPaths, SETTINGS, type SettingDefinition, type Settings } from "./settings.ts";

export interface SettingSources {
  /** The command line's options by camel-case name, as commander gives them; others than settings are ignored. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The process's own environment unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Data folder where no source names one. */
  readonly defaultData: string;
}

type Key = (typeof SETTINGS)[number]["key"];

/** A value as somebody wrote it, and where. */
interface Given {
  readonly value: unknown;
  /** For messages, such as `environment, NIGHTJAR_PORT`. */
  readonly source: string;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

const CONFIG_ENV = "NIGHTJAR_CONFIG";
const REFERENCE = "docs/reference/configuration.md";

/**
 * The settings from command line, environment and the YAML file (`--config` or `NIGHTJAR_CONFIG`), in this order. Relative paths start
 * from the current folder; in the file, from the file's folder. Throws `invalid_field` with one line for everything that is wrong: it names
 * the setting, where it was set and what would be right, and never the value of a secret.
 */
export function loadSettings({ options, env = process.env, defaultData }: SettingSources): Settings {
  const problems: string[] = [];
  const sources = [fromOptions(options), fromEnvironment(env, problems), fromFile(options, env, problems)];
  const given = new Map<Key, Given>();
  for (const source of sources.toReversed()) {
    for (const [key, value] of source) given.set(key, value);
  }
  const values = parseAll(given, problems);
  requirePair(given, "admin_username", "admin_password", problems);
  requirePair(given, "tls_cert", "tls_key", problems);
  if (problems.length > 0) throw new NightjarError("invalid_field", problems.join("\n"));
  return assemble(values, given, defaultData);
}

/** `database_url` → `databaseUrl`: the name of a setting's option on the command line. */
function optionName(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function fromOptions(options: SettingSources["options"]): Map<Key, Given> {
  const given = new Map<Key, Given>();
  for (const { key, flag } of SETTINGS) {
    const value = options[optionName(key)];
    if (flag === "" || value === undefined) continue;
    given.set(key, { value, source: `command line, ${flag.split(" ")[0]}`, folder: "." });
  }
  return given;
}

function fromEnvironment(env: NonNullable<SettingSources["env"]>, problems: string[]): Map<Key, Given> {
  const given = new Map<Key, Given>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith("NIGHTJAR_") || name === CONFIG_ENV || value === undefined) continue;
    const setting = SETTINGS.find((s) => s.env === name);
    if (setting !== undefined) given.set(setting.key, { value, source: `environment, ${name}`, folder: "." });
    else problems.push(unknown(name, "environment", [...SETTINGS.map((s) => s.env), CONFIG_ENV]));
  }
  return given;
}

function fromFile(
  options: SettingSources["options"],
  env: NonNullable<SettingSources["env"]>,
  problems: string[],
): Map<Key, Given> {
  const given = new Map<Key, Given>();
  const named = options.config ?? env[CONFIG_ENV];
  if (named === undefined) return given;
  const file = resolve(String(named));
  const content = readConfigFile(file);
  if (!content.ok) {
    problems.push(content.problem);
    return given;
  }
  for (const { key, text, line } of content.entries) {
    const source = `${file}:${line}`;
    const setting = SETTINGS.find((s) => s.key === key);
    if (setting === undefined)
      problems.push(
        unknown(
          key,
          source,
          SETTINGS.map((s) => s.key),
        ),
      );
    else if (text === null) problems.push(`${key} (${source}) must have a single value.`);
    else given.set(setting.key, { value: text, source, folder: dirname(file) });
  }
  return given;
}

function unknown(name: string, source: string, known: readonly string[]): string {
  return `${name} (${source}) is not a setting. There are ${known.join(", ")}; see ${REFERENCE}.`;
}

function parseAll(given: ReadonlyMap<Key, Given>, problems: string[]): Map<Key, unknown> {
  const values = new Map<Key, unknown>();
  for (const setting of SETTINGS satisfies readonly SettingDefinition[]) {
    const found = given.get(setting.key);
    if (found === undefined) continue;
    const parsed = setting.schema.safeParse(found.value);
    if (parsed.success) values.set(setting.key, parsed.data);
    else {
      const shown = "secret" in setting ? "" : ` is ${JSON.stringify(found.value)}, but`;
      problems.push(`${setting.key} (${found.source})${shown} ${parsed.error.issues[0]?.message ?? "is not valid"}.`);
    }
  }
  return values;
}

function requirePair(given: ReadonlyMap<Key, Given>, first: Key, second: Key, problems: string[]): void {
  for (const [present, absent] of [
    [first, second],
    [second, first],
  ] as const) {
    const found = given.get(present);
    if (found === undefined || given.has(absent)) continue;
    const env = SETTINGS.find((s) => s.key === absent)?.env;
    problems.push(`${present} (${found.source}) needs ${absent} beside it: set ${env} too, or neither.`);
  }
}

function assemble(values: ReadonlyMap<Key, unknown>, given: ReadonlyMap<Key, Given>, defaultData: string): Settings {
  const value = <T>(key: Key, fallback: T): T => (values.has(key) ? (values.get(key) as T) : fallback);
  const absolute = (key: Key, path: string): string => resolve(given.get(key)?.folder ?? ".", path);
  const path = <T>(key: Key, fallback: T): string | T => (values.has(key) ? absolute(key, value(key, "")) : fallback);
  const data = path("data", resolve(defaultData));
  const ffmpeg = value("ffmpeg", "ffmpeg");
  const rclone = value("rclone", "rclone");
  const url = value("database_url", `sqlite:${dataPaths(data).catalog}`);
  const certFile = path("tls_cert", null);
  const keyFile = path("tls_key", null);
  const username = value<string | null>("admin_username", null);
  const password = value<string | null>("admin_password", null);
  return {
    data,
    host: value("host", "127.0.0.1"),
    port: value("port", 8470),
    databaseUrl: url.startsWith("sqlite:") ? `sqlite:${absolute("database_url", url.slice("sqlite:".length))}` : url,
    admin: username === null || password === null ? null : { username, password },
    tls: certFile === null || keyFile === null ? null : { certFile, keyFile },
    workerBackend: value("worker_backend", "process"),
    thumbnails: value("thumbnails", true),
    logLevel: value("log_level", "info"),
    // A bare name is looked up on the search path; only what has a slash is a path.
    ffmpeg: ffmpeg.includes("/") ? absolute("ffmpeg", ffmpeg) : ffmpeg,
    rclone: rclone.includes("/") ? absolute("rclone", rclone) : rclone,
    run: path("run", null),
    trustProxy: value("trust_proxy", false),
  };
}
