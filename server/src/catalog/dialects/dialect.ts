/** What differs between the databases, for migrations and queries. Everything else is written once. */
export interface DialectTraits {
  readonly name: "sqlite" | "postgres";
  /** Column definition of a number that is given out once and never again. */
  readonly id: string;
  /** Between the columns and the values of an insert that brings such a number with it. */
  readonly givenId: string;
  /** Statement after such an insert, so that the number is not given out again; null where the database sees to it. */
  readonly passGivenIds: (table: string) => string | null;
  readonly integer: string;
  readonly bytes: string;
  /** After the closing bracket of a table. */
  readonly tableEnd: string;
  /** The same for a table that is kept in the order of its primary key. */
  readonly clusteredTableEnd: string;
  /** All rows of a query as one JSON text, an array of these columns for each; null where there are none. */
  readonly rowsAsJson: (columns: string) => string;
  /** Bytes as hexadecimal text, of either case. */
  readonly hex: (column: string) => string;
  /** Whether rows are locked while they are read for a change. SQLite has one writer: ours. */
  readonly rowLocks: boolean;
}

export const sqliteTraits: DialectTraits = {
  name: "sqlite",
  id: "integer primary key autoincrement",
  givenId: "",
  passGivenIds: () => null,
  integer: "integer",
  bytes: "blob",
  tableEnd: "strict",
  clusteredTableEnd: "strict, without rowid",
  rowsAsJson: (columns) => `json_group_array(json_array(${columns}))`,
  hex: (column) => `hex(${column})`,
  rowLocks: false,
};

export const postgresTraits: DialectTraits = {
  name: "postgres",
  id: "bigint generated always as identity primary key",
  givenId: "overriding system value",
  passGivenIds(table) {
    const sequence = `pg_get_serial_sequence('${table}', 'id')`;
    return `select setval(${sequence}, greatest((select max(id) from ${table}), nextval(${sequence}) - 1))`;
  },
  integer: "bigint",
  bytes: "bytea",
  tableEnd: "",
  clusteredTableEnd: "",
  rowsAsJson: (columns) => `json_agg(json_build_array(${columns}))::text`,
  hex: (column) => `encode(${column}, 'hex')`,
  rowLocks: true,
};
