import type { GapCause, NotWantedCause, RecordingKind } from "@nightjar/api/camera";
import { type Kysely, type Selectable, sql } from "kysely";
import type { DeletedSpan } from "../recording/deletion.ts";
import type { LedgerEntry, LedgerState } from "../recording/ledger.ts";
import type { OwnedCamera } from "./cameras.ts";
import { deletedWithin } from "./deletions.ts";
import type { Schema } from "./schema.ts";
import type { Span } from "./segments.ts";

/** The ledger of one camera, as its worker told it. Each entry holds until the next. */
export interface LedgerQueries {
  /** Footage of a span that was deleted, oldest first. */
  deleted(span: Span): Promise<readonly DeletedSpan[]>;
  /** All that tell of a span, oldest first: the one that holds at its start, if there is one, and those that begin in it. */
  within(span: Span): Promise<readonly LedgerEntry[]>;
  /** At most `count` entries at or before `atMs` and as many after it, oldest first. */
  around(atMs: number, count: number): Promise<readonly LedgerEntry[]>;
}

/** The ledger queries of a camera. */
export function ledgerQueries(db: Kysely<Schema>, camera: OwnedCamera): LedgerQueries {
  const own = () => db.selectFrom("ledger").selectAll().where("camera_id", "=", camera.id);
  return {
    deleted: (span) => deletedWithin(db, camera.id, span),
    async within({ startMs, endMs }) {
      const rows = await own()
        .where("at_ms", "<", endMs)
        .where(
          sql<boolean>`at_ms >= coalesce(
            (select max(at_ms) from ledger where camera_id = ${camera.id} and at_ms <= ${startMs}), ${startMs})`,
        )
        .orderBy("at_ms")
        .execute();
      return rows.map(entryOf);
    },
    async around(atMs, count) {
      const before = await own().where("at_ms", "<=", atMs).orderBy("at_ms", "desc").limit(count).execute();
      const after = await own().where("at_ms", ">", atMs).orderBy("at_ms").limit(count).execute();
      return [...before.reverse(), ...after].map(entryOf);
    },
  };
}

/** Writes an entry; a second one of the same instant takes the place of the first, which held for no time at all. */
export async function writeLedgerEntry(db: Kysely<Schema>, cameraId: number, entry: LedgerEntry): Promise<void> {
  const { state } = entry;
  const told = { state: state.kind, detail: state.kind === "recorded" ? state.recording : state.cause };
  await db
    .insertInto("ledger")
    .values({ camera_id: cameraId, at_ms: entry.atMs, ...told })
    .onConflict((conflict) => conflict.columns(["camera_id", "at_ms"]).doUpdateSet(told))
    .execute();
}

function entryOf(row: Selectable<Schema["ledger"]>): LedgerEntry {
  return { atMs: row.at_ms, state: stateOf(row) };
}

function stateOf({ state, detail }: Selectable<Schema["ledger"]>): LedgerState {
  switch (state) {
    case "recorded":
      return { kind: state, recording: detail as RecordingKind };
    case "not_wanted":
      return { kind: state, cause: detail as NotWantedCause };
    case "gap":
      return { kind: state, cause: detail as GapCause };
  }
}
