import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import type { FreshDatabase } from "./catalog.contract.ts";

/** A SQLite catalog that is yet to be made in the folder, for tests. */
export function freshSqlite(folder: string): FreshDatabase {
  const file = join(folder, "catalog.sqlite");
  return {
    url: `sqlite:${file}`,
    async execute(statement) {
      const database = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: false });
      try {
        database.exec(statement);
      } finally {
        database.close();
      }
    },
    unprotectAudit: "drop trigger audit_no_update; drop trigger audit_no_delete",
  };
}
