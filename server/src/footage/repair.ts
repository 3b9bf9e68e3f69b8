import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isPartName, segmentName } from "../recording/segment-name.ts";
import { finalIdentity } from "./final-identity.ts";
import type { SegmentChain } from "./segment-chain.ts";
import { SegmentContents } from "./segment-contents.ts";
import { SegmentFile } from "./segment-file.ts";
import { readIdentity, type SegmentIdentity } from "./segment-identity.ts";
import { readAt, readHead, scanFragments, withSegment } from "./segment-scan.ts";
import type { SegmentHandle } from "./segment-source.ts";

/** A segment that is closed on the disk. */
export interface FinishedSegment {
  readonly name: string;
  readonly identity: Omit<SegmentIdentity, "end">;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly payloadSha256: string;
  /** Who closed it: the recorder, or a repair. */
  readonly state: "closed" | "repaired";
}

export type RepairOutcome =
  /** It was closed before; at most its modification time was missing. */
  | ({ readonly kind: "closed" } & FinishedSegment)
  /** Not a segment of ours, or torn before its head was whole; left as it is. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** It has a head but not one whole fragment: there is no footage in it. */
  | { readonly kind: "empty" }
  /** `tornBytes`: what lay behind the last whole fragment and was cut off. */
  | ({ readonly kind: "repaired"; readonly tornBytes: number } & FinishedSegment);

/**
 * Finishes a segment that a crash left open:
 * 1. read its head, 2. find its last whole fragment, reading and hashing everything up to there, 3. cut off what lies behind, 4. close it
 * as the writer would have, 5. give a provisional file its name. Safe to run again after a crash at any step. In the camera's `chain` it
 * stands where it is repaired, behind what has been closed meanwhile.
 */
export async function repairSegment(path: string, chain: SegmentChain): Promise<RepairOutcome> {
  const found = await gather(path);
  if ("kind" in found) {
    if (found.kind === "closed") await setModificationTime(path, found.endMs);
    return found;
  }
  const { contents, identity, fileBytes } = found;
  if (contents.fragmentCount === 0) return { kind: "empty" };
  const endMs = Math.round(identity.startMs + contents.videoDurationMs);
  const payloadSha256 = contents.seal();
  const finished = await chain.append({ ...identity, payloadSha256 }, async (link) => {
    const file = await SegmentFile.adopt(path, contents.endBytes);
    if (isPartName(basename(path))) await giveName(file, identity.startMs);
    const closing = contents.closing({ ...identity, end: { endMs, repaired: true, payloadSha256, chain: link } });
    const { sizeBytes } = await file.finish(closing, endMs);
    return { name: basename(file.path), sizeBytes };
  });
  const tornBytes = fileBytes - contents.endBytes;
  return { kind: "repaired", ...finished, identity, endMs, payloadSha256, state: "repaired", tornBytes };
}

interface Gathered {
  readonly contents: SegmentContents;
  readonly identity: SegmentIdentity;
  readonly fileBytes: number;
}

async function gather(path: string): Promise<Gathered | RepairOutcome> {
  const { size: fileBytes } = await stat(path);
  if (fileBytes === 0) return { kind: "empty" };
  return withSegment(path, async (handle) => {
    let head: Awaited<ReturnType<typeof readHead>>;
    try {
      head = await readHead(handle);
    } catch (error) {
      return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
    }
    if (head.payloadEndBytes !== null) return closedBefore(handle, head.payloadEndBytes, path);
    const identity = readIdentity(head.moov);
    if (identity === null) return { kind: "unreadable", reason: "the file does not say which camera it is of" };
    const contents = new SegmentContents(head.ftyp, head.moov);
    for await (const fragment of scanFragments(handle, head, head.firstFragmentBytes, fileBytes)) {
      contents.add(fragment.tracks, [await readAt(handle, fragment.offsetBytes, fragment.sizeBytes)]);
    }
    return { contents, identity, fileBytes };
  });
}

/** What a closed file says of itself in its final `moov`. */
async function closedBefore(handle: SegmentHandle, moovAtBytes: number, path: string): Promise<RepairOutcome> {
  const { size: sizeBytes } = await handle.stat();
  const said = await finalIdentity(handle, moovAtBytes);
  if (said === null) return { kind: "unreadable", reason: "the end of the closed file is damaged" };
  const { end, ...identity } = said;
  const { endMs, payloadSha256, repaired } = end;
  const state = repaired ? "repaired" : "closed";
  return { kind: "closed", name: basename(path), identity, endMs, sizeBytes, payloadSha256, state };
}

/** The last step of closing, where a crash has prevented it. */
async function setModificationTime(path: string, endMs: number): Promise<void> {
  const handle = await open(path, "r+");
  try {
    const { mtimeMs } = await handle.stat();
    if (Math.round(mtimeMs) === endMs) return;
    await handle.utimes(endMs / 1000, endMs / 1000);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function giveName(file: SegmentFile, startMs: number): Promise<void> {
  let ordinal = 1;
  while (!(await file.rename(segmentName(startMs, ordinal)))) ordinal += 1;
}
