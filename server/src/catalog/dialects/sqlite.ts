import { access, constants, open } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import { errorMessage, NightjarError, systemErrorCode } from "../../base/error.ts";
import { makeFolder } from "../../base/make-folder.ts";
import { lockInstance, type Unlock } from "./instance-lock.ts";

const BUSY_TIMEOUT_MS = 5000;
const MAX_CACHED_STATEMENTS = 300;

/** SQLite's own words for SQLITE_NOTADB and SQLITE_CORRUPT; the driver does not always give the code. */
const DAMAGED = /not a database|malformed/;

export interface OpenedSqlite {
  readonly dialect: SqliteDialect;
  readonly unlock: Unlock;
}

/** Takes the instance lock and opens the file (mode 0600), making it and its folder where there is none. Throws `unavailable`. */
export async function openSqlite(file: string): Promise<OpenedSqlite> {
  try {
    await makeFolder(dirname(file));
    for (const path of [file, `${file}.lock`]) await (await open(path, "a", 0o600)).close();
  } catch (cause) {
    throw new NightjarError(
      "unavailable",
      `The catalog ${file} cannot be written (${systemErrorCode(cause) ?? errorMessage(cause)}). Give the user that runs Nightjar the right to write its folder, or choose another with NIGHTJAR_DATA.`,
      { cause },
    );
  }
  const unlock = lockInstance(file);
  try {
    const database = openDatabase(file);
    return { dialect: new TransactionalSqliteDialect({ database: kyselyDatabase(database) }), unlock };
  } catch (cause) {
    unlock();
    throw sqliteOpenError(file, cause);
  }
}

/**
 * Opens a file that is there for reading alone, also beside a server that works on it: without the instance lock, and so that nothing can
 * be written. Throws `unavailable`.
 */
export async function openSqliteToRead(file: string): Promise<SqliteDialect> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const remedy =
      systemErrorCode(cause) === "ENOENT"
        ? "Is it the right data folder (NIGHTJAR_DATA)? If the catalog is lost, restore it from a backup, or make it again from the footage with `nightjar reindex`."
        : "Run this as the user that runs Nightjar.";
    throw new NightjarError(
      "unavailable",
      `The catalog ${file} cannot be read (${systemErrorCode(cause)}). ${remedy}`,
      {
        cause,
      },
    );
  }
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    database.exec("pragma query_only = on");
    return new SqliteDialect({ database: { ...kyselyDatabase(database), close: () => database.close() } });
  } catch (cause) {
    throw sqliteOpenError(file, cause);
  }
}

/** An error of SQLite while the catalog is opened, as a sentence that names the file and what to do. */
export function sqliteOpenError(file: string, cause: unknown): NightjarError {
  const message = DAMAGED.test(errorMessage(cause))
    ? `The catalog ${file} is damaged or not a catalog at all (${errorMessage(cause)}). Move it away and restore it from a backup; the footage itself is not affected.`
    : `The catalog ${file} cannot be opened (${errorMessage(cause)}). Check the disk and the rights on its folder.`;
  return new NightjarError("unavailable", message, { cause });
}

function openDatabase(file: string): DatabaseSyncInstance {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    database.exec("pragma journal_mode = wal");
    // A worker forgets a report once it is acknowledged, so the commit before that must survive a power failure: in WAL mode only FULL
    // syncs at every commit.
    database.exec("pragma synchronous = full");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite can roll back a half-done migration; Kysely leaves that off because of drivers we do not use. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): true {
    return true;
  }
}

/** Gives the driver the shape that Kysely wants. The most recently used statements stay prepared. */
function kyselyDatabase(database: DatabaseSyncInstance): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => {
      // The driver finalises statements when they are collected as garbage, and until then SQLite keeps the files open and the log beside
      // the catalog. Emptying the log here makes the closed catalog one whole file.
      database.exec("pragma wal_checkpoint(truncate)");
      prepared.clear();
      database.close();
    },
    prepare(text) {
      const statement = prepared.get(text) ?? kyselyStatement(database, text);
      prepared.delete(text);
      prepared.set(text, statement);
      const oldest = prepared.keys().next();
      if (prepared.size > MAX_CACHED_STATEMENTS && oldest.done === false) prepared.delete(oldest.value);
      return statement;
    },
  };
}

function kyselyStatement(database: DatabaseSyncInstance, text: string): SqliteStatement {
  const statement = database.prepare(text);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  };
}
