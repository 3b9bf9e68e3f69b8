import type { StoredSegment } from "../../catalog/segments.ts";
import { CHAIN_START, chainLink } from "../../footage/segment-chain.ts";
import type { ClosedFile } from "./camera-folder.ts";
import type { Finding } from "./finding.ts";

export interface ChainInput {
  readonly camera: { readonly id: number; readonly uuid: string };
  /** The camera's closed segments, by start. */
  readonly closed: readonly ClosedFile[];
  /** Rows of segments whose files are not there, or cannot be read: what they say may fill a hole. */
  readonly unread: readonly UnreadSegment[];
  /** Chain values of other segments that are known: of those that were deleted, and of damaged ones that still tell theirs. */
  readonly known: ReadonlySet<string>;
}

export interface UnreadSegment {
  readonly row: StoredSegment;
  /** The file is not there any more. */
  readonly gone: boolean;
}

/** A segment that is gone, with the value that it had in the chain. */
export interface LostLink {
  /** null: nothing is known of it. */
  readonly name: string | null;
  readonly value: string;
}

/**
 * Checks that each segment's place in the chain follows from what it says, and that what it follows is there, or is known to be deleted,
 * or is told by the row of a file that is missing. `lost`: what must be written down so that the chain is told whole again. Pure.
 */
export function checkChain(input: ChainInput): { findings: Finding[]; lost: LostLink[] } {
  const { camera, closed } = input;
  const findings: Finding[] = [];
  const lost: LostLink[] = [];
  const say = (file: ClosedFile, kind: Finding["kind"], problem: string, remedy: string) =>
    findings.push({ kind, cameraId: camera.id, path: file.path, problem, remedy, state: "open" });
  const known = new Set([CHAIN_START, ...input.known, ...closed.map(chainValue)]);
  const follower = new Map<string, ClosedFile>();
  const unread = [...input.unread].sort((a, b) => a.row.startMs - b.row.startMs);
  for (const file of closed) {
    const { identity } = file.found;
    const { chain, payloadSha256 } = identity.end;
    if (chainLink(chain.previous, { ...identity, payloadSha256 }).value !== chain.value)
      say(file, "chain_broken", "The file was changed: its place in the chain does not follow from it.", TAMPERED);
    const other = follower.get(chain.previous);
    if (other !== undefined)
      say(file, "chain_forked", `Another segment, ${other.name}, has the same place in the chain.`, TAMPERED);
    follower.set(chain.previous, file);
  }
  for (const [index, file] of closed.entries()) {
    const { previous } = file.found.identity.end.chain;
    if (known.has(previous)) continue;
    const links = linksUpTo(input, unread, index, follower);
    if (links.at(-1)?.value === previous) {
      lost.push(...links.filter((link) => link.gone));
      continue;
    }
    lost.push({ name: null, value: previous });
    const problem = "What was recorded before this segment is missing, and nothing tells where it went.";
    const remedy =
      "Put the missing files back, or else: `nightjar check --fix` writes into the ledger that they are missing.";
    say(file, "chain_hole", problem, remedy);
  }
  lost.push(...linksBehind(input, unread, follower).filter((link) => link.gone));
  return { findings, lost };
}

const TAMPERED = "Compare it with a copy, where there is one; it cannot be mended.";

function chainValue(file: ClosedFile): string {
  return file.found.identity.end.chain.value;
}

/** The links of the unread segments between `closed[index]` and the newest one before it that nothing follows. */
function linksUpTo(
  { camera, closed }: ChainInput,
  unread: readonly UnreadSegment[],
  index: number,
  follower: ReadonlyMap<string, ClosedFile>,
): Link[] {
  const before = closed.slice(0, index).findLast((file) => !follower.has(chainValue(file)));
  const fromMs = before?.found.identity.startMs ?? Number.NEGATIVE_INFINITY;
  const toMs = closed[index]?.found.identity.startMs ?? Number.POSITIVE_INFINITY;
  const between = unread.filter(({ row }) => row.startMs > fromMs && row.startMs < toMs);
  return chained(camera.uuid, before === undefined ? CHAIN_START : chainValue(before), between);
}

/** Those of the unread segments behind the newest one: what is recorded next will follow them. */
function linksBehind(
  { camera, closed }: ChainInput,
  unread: readonly UnreadSegment[],
  follower: ReadonlyMap<string, ClosedFile>,
): Link[] {
  const newest = closed.at(-1);
  if (newest !== undefined && follower.has(chainValue(newest))) return [];
  const fromMs = newest?.found.identity.startMs ?? Number.NEGATIVE_INFINITY;
  const behind = unread.filter(({ row }) => row.startMs > fromMs);
  return chained(camera.uuid, newest === undefined ? CHAIN_START : chainValue(newest), behind);
}

type Link = LostLink & { readonly gone: boolean };

function chained(cameraUuid: string, from: string, segments: readonly UnreadSegment[]): Link[] {
  let value = from;
  return segments.flatMap(({ row, gone }) => {
    const { name, runId, number, startMs, payloadSha256 } = row;
    if (payloadSha256 === null) return [];
    value = chainLink(value, { cameraUuid, runId, number, startMs, payloadSha256 }).value;
    return [{ name, value, gone }];
  });
}
