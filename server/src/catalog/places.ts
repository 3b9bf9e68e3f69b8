import type { PlaceName } from "@nightjar/api/settings";
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Where files lie, as far as it was changed; absolute paths. */
export interface ChangedPlaces {
  readonly places: { readonly [K in PlaceName]?: string };
  /** Besides the data folder. */
  readonly approvedRoots: readonly string[];
  /** Ids of the volumes of other places than the recordings', as far as they are known. */
  readonly volumes: { readonly [K in PlaceName]?: string };
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
      const { places = {}, approvedRoots = [], volumes = {} } = JSON.parse(row.places) as Partial<ChangedPlaces>;
      return { places, approvedRoots, volumes, recordingsVolume: row.recordings_volume };
    },
    async set({ places, approvedRoots, volumes }) {
      await db
        .updateTable("settings")
        .set({ places: JSON.stringify({ places, approvedRoots, volumes }) })
        .execute();
    },
    async setRecordingsVolume(id) {
      await db.updateTable("settings").set({ recordings_volume: id }).execute();
    },
  };
}
