import type { PlaceName } from "@nightjar/api/settings";
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Where files lie, as far as it was changed; absolute paths. */
export interface ChangedPlaces {
  readonly places: { readonly [K in PlaceName]?: string };
  /** Besides the data folder. */
  readonly approvedRoots: readonly string[];
}

export interface StoredPlaces extends ChangedPlaces {
  /** Id of the volume that the recordings are on; null: it is not known yet. */
  readonly recordingsVolume: string | null;
}

/** The places of the installation. */
export interface PlaceQueries {
  get(): Promise<StoredPlaces>;
  set(changed: ChangedPlaces): Promise<void>;
  setRecordingsVolume(id: string): Promise<void>;
}

/** The queries of places. */
export function placeQueries(db: Kysely<Schema>): PlaceQueries {
  return {
    async get() {
      const row = await db.selectFrom("settings").select(["places", "recordings_volume"]).executeTakeFirstOrThrow();
      const { places = {}, approvedRoots = [] } = JSON.parse(row.places) as Partial<ChangedPlaces>;
      return { places, approvedRoots, recordingsVolume: row.recordings_volume };
    },
    async set({ places, approvedRoots }) {
      await db
        .updateTable("settings")
        .set({ places: JSON.stringify({ places, approvedRoots }) })
        .execute();
    },
    async setRecordingsVolume(id) {
      await db.updateTable("settings").set({ recordings_volume: id }).execute();
    },
  };
}
