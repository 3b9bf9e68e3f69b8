import pino from "pino";
import { redact } from "./redact.ts";
import { sourceStack } from "./source-stack.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

type Fields = Readonly<Record<string, unknown>>;

/** `log.info("segment closed", { camera_id: 12 })`. Everything written is redacted first. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A log of a part of the program: `nightjar.<name>`. */
  named(name: string): Log;
}

/** Where lines go: each ends with a line feed. */
export interface LogOutput {
  /** `json`: one object a line with `name` and `msg`. `text`: for a terminal. */
  readonly format: "json" | "text";
  readonly write: (line: string) => void;
}

export interface LogOptions {
  /** Asked at each line: it may change. */
  readonly level: LogLevel | (() => LogLevel);
  readonly outputs: readonly LogOutput[];
}

/** A log that writes redacted lines to each of its outputs. */
export function createLog({ level, outputs }: LogOptions): Log {
  const write = (line: string): void => {
    for (const output of outputs) output.write(output.format === "json" ? line : textLine(line));
  };
  const current = typeof level === "function" ? level : () => level;
  const root = pino(
    {
      level: current(),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redact(line)) },
  );
  return wrap(root, "nightjar", current);
}

/** A log that says nothing, for tests. */
export const silentLog: Log = { debug: noop, info: noop, warn: noop, error: noop, named: () => silentLog };

function noop(): void {}

function wrap(root: pino.Logger, name: string, level: () => LogLevel): Log {
  const logger = root.child({ name });
  const child = (): pino.Logger => {
    if (logger.level !== level()) logger.level = level();
    return logger;
  };
  return {
    debug: (message, fields) => child().debug(plain(fields), message),
    info: (message, fields) => child().info(plain(fields), message),
    warn: (message, fields) => child().warn(plain(fields), message),
    error: (message, fields) => child().error(plain(fields), message),
    named: (part) => wrap(root, `${name}.${part}`, level),
  };
}

/** Errors become their message and stack: pino would only do that for the key `err`. */
function plain(fields: Fields | undefined): Fields {
  if (fields === undefined) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? sourceStack(value) : value]),
  );
}

function textLine(json: string): string {
  const { time, level, name, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${name} ${msg}${fields.join("")}\n`;
}
