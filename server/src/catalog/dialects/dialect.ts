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
  /** Where hundreds of rows are faster as one JSON text than as rows of the driver; null where they are not. */
  readonly json: JsonTraits | null;
  /** Whether rows are locked while they are read for a change. SQLite has one writer: ours. */
  readonly rowLocks: boolean;
}

export interface JsonTraits {
  /** All rows of a query, an array of these columns for each; SQL's null where there are none. */
  readonly rows: (columns: string) => string;
  /** Bytes as upper-case hexadecimal text. */
  readonly hex: (column: string) => string;
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
  json: { rows: (columns) => `json_group_array(json_array(${columns}))`, hex: (column) => `hex(${column})` },
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
  json: null,
  rowLocks: true,
};
