import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { fragmentedMp4, readStream, type Scene } from "../media/made-footage.contract.ts";
import { withUdta } from "./hybrid-mp4.ts";
import { CHAIN_START, type ChainLink, chainLink, type SegmentChain } from "./segment-chain.ts";
import { SegmentContents } from "./segment-contents.ts";
import { identityUdta, type SegmentIdentity } from "./segment-identity.ts";

export const IDENTITY: Omit<SegmentIdentity, "end"> = {
  tenantId: 1,
  cameraId: 12,
  cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  runId: "7d444840-9dc0-11d1-b245-5ffdce74fad2",
  number: 3,
  startMs: Date.UTC(2026, 3, 9, 14, 30, 0, 250),
  kind: "continuous",
  clockSuspect: false,
};

/** A chain that begins anew with every segment. */
export const NO_CHAIN: SegmentChain = {
  append: (segment, close) => close(chainLink(CHAIN_START, segment)),
};

export interface MadeSegment {
  /** The file as it is before it is closed. */
  readonly open: Buffer;
  /** The same, closed. */
  readonly closed: Buffer;
  /** Where each fragment ends; the head's end stands first. */
  readonly ends: readonly number[];
  /** Where the payload begins: behind the 16 bytes. */
  readonly payloadAt: number;
  readonly tailBytes: number;
  readonly payloadSha256: string;
  readonly chain: ChainLink;
  readonly endMs: number;
}

/** A segment file of a scene, made as the recorder makes it. `change` may alter the fragments before they are written. */
export async function madeSegment(scene: Scene, change = (fragments: Fragment[]) => fragments): Promise<MadeSegment> {
  const { init, fragments } = readStream(await fragmentedMp4(scene));
  const contents = new SegmentContents(init.ftyp, withUdta(init.moov, identityUdta({ ...IDENTITY, end: null })));
  const parts = [contents.head];
  const ends = [contents.endBytes];
  for (const fragment of change(fragments)) {
    const bytes = [fragment.moof, ...fragment.mdat];
    contents.add(fragment.tracks, bytes);
    parts.push(...bytes);
    ends.push(contents.endBytes);
  }
  const endMs = Math.round(IDENTITY.startMs + contents.videoDurationMs);
  const open = Buffer.concat(parts);
  const payloadSha256 = contents.seal();
  const chain = chainLink(CHAIN_START, { ...IDENTITY, payloadSha256 });
  const { tail, span } = contents.closing({ ...IDENTITY, end: { endMs, repaired: false, payloadSha256, chain } });
  const closed = Buffer.concat([open, tail]);
  span.header.copy(closed, span.atBytes);
  const payloadAt = span.atBytes + span.header.length;
  return { open, closed, ends, payloadAt, tailBytes: tail.length, payloadSha256, chain, endMs };
}
