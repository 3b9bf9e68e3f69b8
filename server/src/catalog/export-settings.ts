import type { ExportSettings, ExportSettingsPatch } from "@nightjar/api/export";
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

const BUILT_IN: ExportSettings = { keep_days: 30, at_once: 2 };

/** How exports are kept and made, for the whole installation. */
export async function exportSettings(db: Kysely<Schema>): Promise<ExportSettings> {
  const row = await db.selectFrom("settings").select("export").executeTakeFirstOrThrow();
  return { ...BUILT_IN, ...(JSON.parse(row.export) as Partial<ExportSettings>) };
}

/** Writes what a merge patch makes of them, in one transaction; null makes the built-in value hold again. */
export async function updateExportSettings(
  db: Kysely<Schema>,
  patch: ExportSettingsPatch,
): Promise<{ readonly before: ExportSettings; readonly after: ExportSettings }> {
  return db.transaction().execute(async (transaction) => {
    // An update locks the row on both databases.
    await transaction
      .updateTable("settings")
      .set((row) => ({ export: row.ref("export") }))
      .execute();
    const row = await transaction.selectFrom("settings").select("export").executeTakeFirstOrThrow();
    const present = JSON.parse(row.export) as Partial<ExportSettings>;
    const wanted = Object.fromEntries(
      Object.entries({ ...present, ...patch }).filter(([, value]) => value !== null && value !== undefined),
    );
    await transaction
      .updateTable("settings")
      .set({ export: JSON.stringify(wanted) })
      .execute();
    return { before: { ...BUILT_IN, ...present }, after: { ...BUILT_IN, ...wanted } };
  });
}
