import { createHash } from "node:crypto";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { type ClosedIdentity, finalIdentity } from "./final-identity.ts";
import { SPAN_HEADER_BYTES } from "./hybrid-mp4.ts";
import { readIdentity, type SegmentIdentity } from "./segment-identity.ts";
import { readAt, readHead, type SegmentHead, withSegment } from "./segment-scan.ts";
import type { SegmentHandle, SegmentSource } from "./segment-source.ts";

const HASHED_AT_ONCE_BYTES = 1024 * 1024;

/** What a file in a camera's folder turns out to be. */
export type InspectedSegment =
  | {
      readonly kind: "closed";
      readonly identity: ClosedIdentity;
      readonly sizeBytes: number;
      /** Half-open, from the start of the file: what the hash in the identity is over. */
      readonly payload: { readonly fromBytes: number; readonly toBytes: number };
    }
  /** `identity` null: no head yet. `writtenMs`: modification time. */
  | { readonly kind: "open"; readonly identity: SegmentIdentity | null; readonly writtenMs: number }
  /** It was closed, and its end has changed since or is gone. `reason` is said of the file. */
  | { readonly kind: "damaged"; readonly identity: SegmentIdentity | null; readonly reason: string }
  | { readonly kind: "foreign"; readonly reason: string };

/** Looks at a file's head and end, and changes nothing. Rejects with the system's error. */
export async function inspectSegment(source: SegmentSource): Promise<InspectedSegment> {
  return withSegment(source, async (handle) => {
    const { size: sizeBytes, mtimeMs: writtenMs } = await handle.stat();
    if (sizeBytes === 0) return { kind: "open", identity: null, writtenMs };
    try {
      const head = await readHead(handle);
      const identity = readIdentity(head.moov);
      if (identity === null) return { kind: "foreign", reason: "it does not say which camera it is of" };
      if (head.payloadEndBytes === null) return { kind: "open", identity, writtenMs };
      return await inspectEnd(handle, head, head.payloadEndBytes, { sizeBytes, identity });
    } catch (error) {
      if (error instanceof MalformedMedia)
        return { kind: "foreign", reason: `it is no segment of ours (${error.message})` };
      throw error;
    }
  });
}

async function inspectEnd(
  handle: SegmentHandle,
  head: SegmentHead,
  moovAtBytes: number,
  { sizeBytes, identity }: { readonly sizeBytes: number; readonly identity: SegmentIdentity },
): Promise<InspectedSegment> {
  const final = await finalIdentity(handle, moovAtBytes);
  if (final === null) return { kind: "damaged", identity, reason: "is cut off or damaged at its end" };
  const moov = readBoxHeader(await readAt(handle, moovAtBytes, SPAN_HEADER_BYTES), 0);
  const indexAtBytes = moovAtBytes + (moov?.sizeBytes ?? 0);
  const index = readBoxHeader(await readAt(handle, indexAtBytes, SPAN_HEADER_BYTES), 0);
  const surplusBytes = sizeBytes - indexAtBytes - (index?.sizeBytes ?? 0);
  if (surplusBytes !== 0) {
    const difference = `${Math.abs(surplusBytes)} bytes ${surplusBytes > 0 ? "more" : "less"} than it was closed with`;
    return { kind: "damaged", identity: final, reason: `has ${difference}` };
  }
  const payload = { fromBytes: head.ftyp.length + SPAN_HEADER_BYTES, toBytes: moovAtBytes };
  return { kind: "closed", identity: final, sizeBytes, payload };
}

/** SHA-256 (hex) of a part of a file. Reads it whole, a megabyte at a time. Rejects with the system's error. */
export async function hashPayload(
  source: SegmentSource,
  { fromBytes, toBytes }: { readonly fromBytes: number; readonly toBytes: number },
): Promise<string> {
  return withSegment(source, async (handle) => {
    const hash = createHash("sha256");
    for (let atBytes = fromBytes; atBytes < toBytes; atBytes += HASHED_AT_ONCE_BYTES)
      hash.update(await readAt(handle, atBytes, Math.min(HASHED_AT_ONCE_BYTES, toBytes - atBytes)));
    return hash.digest("hex");
  });
}
