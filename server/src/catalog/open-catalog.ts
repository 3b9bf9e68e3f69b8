import { join, resolve } from "node:path";
import { type Dialect, Kysely, type LogConfig, Migrator, sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import { errorMessage, NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { type Catalog, catalogOn } from "./catalog.ts";
import { type DialectTraits, postgresTraits, sqliteTraits } from "./dialects/dialect.ts";
import { lockInstance } from "./dialects/instance-lock.ts";
import { openSqlite, openSqliteToRead, sqliteOpenError } from "./dialects/sqlite.ts";
import { migrations } from "./migrations/list.ts";
import type { Schema } from "./schema.ts";

const SQLITE_SCHEME = "sqlite:";

export interface CatalogOptions {
  /** `sqlite:<file>` or `postgres://…`. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Folder in which only one server may work; a SQLite catalog is locked by itself, wherever it lies. */
  readonly dataFolder?: string;
  /** Told of each query, failed ones too, how long the database took. */
  readonly onQuery?: (durationMs: number) => void;
}

/**
 * Opens the catalog, brings its tables up to date and takes the instance lock.
 * Throws `unavailable` with the file or host (never the password) and what to do.
 */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { databaseUrl, clock, onQuery } = options;
  const database = databaseUrl.startsWith(SQLITE_SCHEME)
    ? await sqliteDatabase(resolve(databaseUrl.slice(SQLITE_SCHEME.length)))
    : await postgresDatabase(options);
  const log: LogConfig = onQuery === undefined ? [] : (event) => onQuery(event.queryDurationMillis);
  const db = new Kysely<Schema>({ dialect: database.dialect, log });
  const release = async () => {
    await db.destroy();
    database.unlock();
  };
  try {
    await migrate(db, database);
    return catalogOn({ db, clock, traits: database.traits }, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Its driver is loaded where it is needed only. */
const postgres = () => import("./dialects/postgres.ts");

interface OpenedDatabase {
  readonly dialect: Dialect;
  readonly traits: DialectTraits;
  /** For messages; without a password. */
  readonly place: string;
  readonly unlock: () => void;
  /** An error of the database while its tables are brought up to date, in words. */
  readonly describe: (cause: unknown) => NightjarError;
}

async function sqliteDatabase(file: string): Promise<OpenedDatabase> {
  const describe = (cause: unknown) => sqliteOpenError(file, cause);
  return { ...(await openSqlite(file)), traits: sqliteTraits, place: file, describe };
}

/** The lock is a file in the data folder: a connection that breaks would lose one in the database. */
async function postgresDatabase({ databaseUrl, log, dataFolder }: CatalogOptions): Promise<OpenedDatabase> {
  const { openPostgres } = await postgres();
  const { dialect, place, describe } = openPostgres(databaseUrl, log);
  const unlock =
    dataFolder === undefined
      ? () => undefined
      : lockInstance(join(dataFolder, "server"), `the data folder ${dataFolder}`);
  return { dialect, traits: postgresTraits, place, unlock, describe };
}

/**
 * Opens a catalog that is there for reading alone, also beside a server that works on it: nothing is locked and nothing can be written.
 * Throws `unavailable` as `openCatalog` does, and where the tables are of another version.
 */
export async function openCatalogToRead(options: CatalogOptions): Promise<Catalog> {
  const { databaseUrl, clock, log } = options;
  const database = databaseUrl.startsWith(SQLITE_SCHEME)
    ? await sqliteDatabaseToRead(resolve(databaseUrl.slice(SQLITE_SCHEME.length)))
    : { ...(await postgres()).openPostgres(databaseUrl, log, { toRead: true }), traits: postgresTraits };
  const db = new Kysely<Schema>({ dialect: database.dialect });
  try {
    await requireUpToDate(db, database);
    return catalogOn({ db, clock, traits: database.traits }, () => db.destroy());
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function sqliteDatabaseToRead(file: string): Promise<Omit<OpenedDatabase, "unlock">> {
  const describe = (cause: unknown) => sqliteOpenError(file, cause);
  return { dialect: await openSqliteToRead(file), traits: sqliteTraits, place: file, describe };
}

async function requireUpToDate(
  db: Kysely<Schema>,
  { traits, place, describe }: Omit<OpenedDatabase, "unlock">,
): Promise<void> {
  const provider = { getMigrations: async () => migrations(traits) };
  const all = await new Migrator({ db, provider }).getMigrations().catch((cause: unknown) => {
    throw cause instanceof NightjarError ? cause : describe(cause);
  });
  const known = all.map((migration) => migration.name);
  if (all.every((migration) => migration.executedAt !== undefined)) {
    const later = await sql`select name from kysely_migration where name not in (${sql.join(known)})`.execute(db);
    if (later.rows.length > 0) throw ofNewerVersion(place);
    return;
  }
  throw new NightjarError(
    "unavailable",
    `The catalog ${place} was written by an earlier version of Nightjar. Start the server of this version once: it brings the catalog up to date.`,
  );
}

async function migrate(db: Kysely<Schema>, { traits, place, describe }: OpenedDatabase): Promise<void> {
  const provider = { getMigrations: async () => migrations(traits) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return;
  if (error instanceof NightjarError) throw error;
  // Kysely's words for a migration that the database has and this program does not.
  if (errorMessage(error).startsWith("corrupted migrations")) throw ofNewerVersion(place, error);
  throw describe(error);
}

function ofNewerVersion(place: string, cause?: unknown): NightjarError {
  const message = `The catalog ${place} was written by a newer version of Nightjar. Install that version again, or restore the backup made before the upgrade.`;
  return new NightjarError("unavailable", message, { cause });
}
