import { PostgresDialect } from "kysely";
import pg from "pg";
import { errorMessage, NightjarError, systemErrorCode } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10;

/** Advice by SQLSTATE or system error. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Is PostgreSQL running there, and does it listen on that address?",
  ENOTFOUND: "Check the host name.",
  "28P01": "The user name or password is wrong.",
  "28000": "Its pg_hba.conf does not let this user in from here.",
  "3D000": "Create the database first.",
};

export interface OpenedPostgres {
  readonly dialect: PostgresDialect;
  /** `host:port/database`. */
  readonly place: string;
  /** A refusal or failure as a sentence that names the place, never the password, and what to do. */
  readonly describe: (cause: unknown) => NightjarError;
}

/** A pool of connections to the server of a `postgres://` address. Nothing is connected yet. Throws `unavailable` for a malformed address. */
export function openPostgres(
  databaseUrl: string,
  log: Log,
  { toRead = false }: { readonly toRead?: boolean } = {},
): OpenedPostgres {
  const place = placeOf(databaseUrl);
  const describe = (cause: unknown) => {
    const advice = ADVICE[systemErrorCode(cause) ?? ""] ?? "Check NIGHTJAR_DATABASE_URL and PostgreSQL's own log.";
    return new NightjarError("unavailable", `PostgreSQL at ${place} does not answer (${reason(cause)}). ${advice}`, {
      cause,
    });
  };
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "nightjar",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    max: MAX_CONNECTIONS,
    ...(toRead ? { options: "-c default_transaction_read_only=on" } : {}),
    types: { getTypeParser: typeParser },
  });
  // An idle connection that breaks is only dropped from the pool; without a listener it would end the process.
  pool.on("error", (error) => log.warn("a connection to PostgreSQL broke", { cause: error.message }));
  const connect = async () => {
    try {
      return await pool.connect();
    } catch (error) {
      throw describe(error);
    }
  };
  return { dialect: new PostgresDialect({ pool: { connect, end: () => pool.end() } }), place, describe };
}

function placeOf(databaseUrl: string): string {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  // A password that is not encoded ends the host too early: what follows, or stands in its place, is then a part of the password.
  if (url === null || (url.pathname + url.search + url.hash).includes("@") || url.pathname.lastIndexOf("/") > 0) {
    throw new NightjarError(
      "unavailable",
      "The database address is not one such as postgres://user:password@host/nightjar. Special characters in the password must be percent-encoded.",
    );
  }
  return `${url.hostname || "localhost"}:${url.port || "5432"}${url.pathname}`;
}

/** A name with several addresses fails with one error for each and no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(errorMessage).join("; ");
  return errorMessage(error);
}

/** Whole numbers come as numbers: ids, milliseconds and bytes all stay below 2^53. */
const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: string) =>
  oid === pg.types.builtins.INT8
    ? (text: string) => Number(text)
    : format === "binary"
      ? pg.types.getTypeParser(oid, "binary")
      : pg.types.getTypeParser(oid);
