/** https://www.postgresql.org/docs/current/errcodes-appendix.html: unique_violation. */
const POSTGRES_UNIQUE = "23505";
/** SQLite's own words: the driver gives no result code for statements that return rows. */
const SQLITE_UNIQUE = "UNIQUE constraint failed";

/** Whether a statement failed because a row with such a value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === POSTGRES_UNIQUE) || error.message.startsWith(SQLITE_UNIQUE);
}
