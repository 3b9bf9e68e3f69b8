import { resolve } from "node:path";
import { type Dialect, Kysely, Migrator } from "kysely";
import type { Clock } from "../base/clock.ts";
import { errorMessage, NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { type Catalog, catalogOn } from "./catalog.ts";
import { type DialectTraits, postgresTraits, sqliteTraits } from "./dialects/dialect.ts";
import { openPostgres } from "./dialects/postgres.ts";
import { openSqlite, sqliteOpenError } from "./dialects/sqlite.ts";
import { migrations } from "./migrations/list.ts";
import type { Schema } from "./schema.ts";

const SQLITE_SCHEME = "sqlite:";

export interface CatalogOptions {
  /** `sqlite:<file>` or `postgres://…`. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Opens the catalog, brings its tables up to date and, for SQLite, takes the instance lock.
 * Throws `unavailable` with the file or host (never the password) and what to do.
 */
export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const { databaseUrl, clock } = options;
  const database = databaseUrl.startsWith(SQLITE_SCHEME)
    ? await sqliteDatabase(resolve(databaseUrl.slice(SQLITE_SCHEME.length)))
    : postgresDatabase(databaseUrl, options.log);
  const db = new Kysely<Schema>({ dialect: database.dialect });
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

function postgresDatabase(databaseUrl: string, log: Log): OpenedDatabase {
  const { dialect, place, describe } = openPostgres(databaseUrl, log);
  return { dialect, traits: postgresTraits, place, unlock: () => undefined, describe };
}

async function migrate(db: Kysely<Schema>, { traits, place, describe }: OpenedDatabase): Promise<void> {
  const provider = { getMigrations: async () => migrations(traits) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return;
  if (error instanceof NightjarError) throw error;
  // Kysely's words for a migration that the database has and this program does not.
  if (errorMessage(error).startsWith("corrupted migrations"))
    throw new NightjarError(
      "unavailable",
      `The catalog ${place} was written by a newer version of Nightjar. Install that version again, or restore the backup made before the upgrade.`,
      { cause: error },
    );
  throw describe(error);
}
