import { readBoxHeader } from "../media/isobmff/box.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { SPAN_HEADER_BYTES } from "./hybrid-mp4.ts";
import { readIdentity, type SegmentEnd, type SegmentIdentity } from "./segment-identity.ts";
import { readAt } from "./segment-scan.ts";
import type { SegmentHandle } from "./segment-source.ts";

export type ClosedIdentity = SegmentIdentity & { readonly end: SegmentEnd };

/** What a closed segment says of itself in the final `moov` at `moovAtBytes`; null when that is damaged or not ours. */
export async function finalIdentity(handle: SegmentHandle, moovAtBytes: number): Promise<ClosedIdentity | null> {
  const { size: fileBytes } = await handle.stat();
  try {
    const header = readBoxHeader(await readAt(handle, moovAtBytes, SPAN_HEADER_BYTES), 0);
    if (header === null || header.type !== "moov" || moovAtBytes + header.sizeBytes > fileBytes) return null;
    const identity = readIdentity(await readAt(handle, moovAtBytes, header.sizeBytes));
    return identity === null || identity.end === null ? null : { ...identity, end: identity.end };
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}
