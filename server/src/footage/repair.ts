import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isPartName, segmentName } from "../recording/segment-name.ts";
import { SegmentContents } from "./segment-contents.ts";
import { SegmentFile } from "./segment-file.ts";
import { readIdentity, type SegmentIdentity } from "./segment-identity.ts";
import { readAt, readHead, scanFragments, withSegment } from "./segment-scan.ts";

export type RepairOutcome =
  /** Nothing to do: the file was closed properly. */
  | { readonly kind: "closed" }
  /** Not a segment of ours, or torn before its head was whole; left as it is. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** It has a head but not one whole fragment: there is no footage in it. */
  | { readonly kind: "empty" }
  | {
      readonly kind: "repaired";
      readonly name: string;
      readonly identity: Omit<SegmentIdentity, "end">;
      readonly endMs: number;
      readonly sizeBytes: number;
      readonly payloadSha256: string;
      /** What lay behind the last whole fragment and was cut off. */
      readonly tornBytes: number;
    };

/**
 * Finishes a segment that a crash left open:
 * 1. read its head, 2. find its last whole fragment, reading and hashing everything up to there, 3. cut off what lies behind, 4. close it
 * as the writer would have, 5. give a provisional file its name. Safe to run again after a crash at any step.
 */
export async function repairSegment(path: string): Promise<RepairOutcome> {
  const found = await gather(path);
  if ("kind" in found) return found;
  const { contents, identity, fileBytes } = found;
  if (contents.fragmentCount === 0) return { kind: "empty" };
  const endMs = Math.round(identity.startMs + contents.videoDurationMs);
  const file = await SegmentFile.adopt(path, contents.endBytes);
  const closing = contents.close(identity, endMs, true);
  if (isPartName(basename(path))) await giveName(file, identity.startMs);
  const tornBytes = fileBytes - contents.endBytes;
  const { sizeBytes } = await file.finish(closing, endMs);
  return {
    kind: "repaired",
    name: basename(file.path),
    identity,
    endMs,
    sizeBytes,
    payloadSha256: closing.payloadSha256,
    tornBytes,
  };
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
    if (head.closed) return { kind: "closed" };
    const identity = readIdentity(head.moov);
    if (identity === null) return { kind: "unreadable", reason: "the file does not say which camera it is of" };
    const contents = new SegmentContents(head.ftyp, head.moov);
    for await (const fragment of scanFragments(handle, head, head.firstFragmentBytes, fileBytes)) {
      contents.add(fragment.tracks, [await readAt(handle, fragment.offsetBytes, fragment.sizeBytes)]);
    }
    return { contents, identity, fileBytes };
  });
}

async function giveName(file: SegmentFile, startMs: number): Promise<void> {
  let ordinal = 1;
  while (!(await file.rename(segmentName(startMs, ordinal)))) ordinal += 1;
}
