import type { Kysely } from "kysely";
import type { OwnedCamera } from "./cameras.ts";
import type { Schema } from "./schema.ts";
import type { Span } from "./segments.ts";

/** That a segment had this place in its camera's chain at this time, signed. Hashes, key and signature in hex. */
export interface ChainSignature {
  readonly name: string;
  readonly startMs: number;
  readonly chain: string;
  readonly signedAtMs: number;
  readonly publicKey: string;
  readonly signature: string;
}

export interface ChainSignatureQueries {
  /** Those of the segments that begin in a span, oldest first. */
  within(span: Span): Promise<readonly ChainSignature[]>;
  /** Without effect where the segment has one already: the first says more. */
  add(signature: ChainSignature): Promise<void>;
  /** Of segments that are gone. */
  removeBefore(startMs: number): Promise<void>;
}

/** The signatures of a camera. */
export function chainSignatureQueries(db: Kysely<Schema>, camera: OwnedCamera): ChainSignatureQueries {
  return {
    async within({ startMs, endMs }) {
      const rows = await db
        .selectFrom("chain_signatures")
        .selectAll()
        .where("camera_id", "=", camera.id)
        .where("start_ms", ">=", startMs)
        .where("start_ms", "<", endMs)
        .orderBy("start_ms")
        .execute();
      return rows.map((row) => ({
        ...{ name: row.name, startMs: row.start_ms, chain: row.chain },
        ...{ signedAtMs: row.signed_at_ms, publicKey: row.public_key, signature: row.signature },
      }));
    },
    async add({ name, startMs, chain, signedAtMs, publicKey, signature }) {
      await db
        .insertInto("chain_signatures")
        .values({
          ...{ camera_id: camera.id, start_ms: startMs, name, chain },
          ...{ signed_at_ms: signedAtMs, public_key: publicKey, signature },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async removeBefore(startMs) {
      await db
        .deleteFrom("chain_signatures")
        .where("camera_id", "=", camera.id)
        .where("start_ms", "<", startMs)
        .execute();
    },
  };
}
