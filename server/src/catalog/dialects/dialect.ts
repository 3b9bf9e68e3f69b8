/** What differs between the databases, for migrations and queries. Everything else is written once. */
export interface DialectTraits {
  readonly name: "sqlite" | "postgres";
  /** Column definition of a number that is given out once and never again. */
  readonly id: string;
  readonly integer: string;
  readonly bytes: string;
  /** After the closing bracket of a table. */
  readonly tableEnd: string;
  /** The same for a table that is kept in the order of its primary key. */
  readonly clusteredTableEnd: string;
  /** Whether rows are locked while they are read for a change. SQLite has one writer: ours. */
  readonly rowLocks: boolean;
}

export const sqliteTraits: DialectTraits = {
  name: "sqlite",
  id: "integer primary key autoincrement",
  integer: "integer",
  bytes: "blob",
  tableEnd: "strict",
  clusteredTableEnd: "strict, without rowid",
  rowLocks: false,
};

export const postgresTraits: DialectTraits = {
  name: "postgres",
  id: "bigint generated always as identity primary key",
  integer: "bigint",
  bytes: "bytea",
  tableEnd: "",
  clusteredTableEnd: "",
  rowLocks: true,
};
