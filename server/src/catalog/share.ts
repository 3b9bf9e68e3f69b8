import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export interface StoredShare {
  /** What was set, as its owner wrote it; passwords sealed. */
  readonly settings: unknown;
  /** Id of the volume on the share; null: nothing was written to it yet. */
  readonly volume: string | null;
}

/** The installation's network share. */
export interface ShareQueries {
  get(): Promise<StoredShare>;
  set(share: StoredShare): Promise<void>;
  setVolume(id: string): Promise<void>;
}

/** The queries of the share. */
export function shareQueries(db: Kysely<Schema>): ShareQueries {
  return {
    async get() {
      const row = await db.selectFrom("settings").select(["share", "share_volume"]).executeTakeFirstOrThrow();
      return { settings: JSON.parse(row.share) as unknown, volume: row.share_volume };
    },
    async set({ settings, volume }) {
      await db
        .updateTable("settings")
        .set({ share: JSON.stringify(settings), share_volume: volume })
        .execute();
    },
    async setVolume(id) {
      await db.updateTable("settings").set({ share_volume: id }).execute();
    },
  };
}
