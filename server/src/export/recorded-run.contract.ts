import { randomUUID } from "node:crypto";
import { withUdta } from "../footage/hybrid-mp4.ts";
import { CHAIN_START, chainLink } from "../footage/segment-chain.ts";
import { SegmentContents } from "../footage/segment-contents.ts";
import { identityUdta } from "../footage/segment-identity.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { fragmentedMp4, readStream, type Scene } from "../media/made-footage.contract.ts";

export interface RecordedRun {
  readonly scene: Scene;
  readonly cameraId: number;
  readonly cameraUuid: string;
  readonly startMs: number;
  /** Seconds after which each segment but the last is cut, at the next sync sample. */
  readonly cutAfterSeconds: readonly number[];
  /** Where the camera's chain has come to. */
  readonly previousChain?: string;
  /** The last segment stays open. */
  readonly open?: true;
}

export interface RecordedSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: Buffer;
  readonly open: boolean;
  readonly chain: string;
  readonly runId: string;
}

/** The segment files of one connection to a camera, made as the recorder makes them, with the chain that ties them. */
export async function recordedRun(run: RecordedRun): Promise<RecordedSegment[]> {
  const { init, fragments } = readStream(await fragmentedMp4(run.scene));
  const runId = randomUUID();
  const groups = cut(fragments, init.video.id, init.video.timescale, run.cutAfterSeconds);
  const segments: RecordedSegment[] = [];
  let previous = run.previousChain ?? CHAIN_START;
  let startMs = run.startMs;
  for (const [number, group] of groups.entries()) {
    const identity = {
      ...{ tenantId: 1, cameraId: run.cameraId, cameraUuid: run.cameraUuid, runId, number, startMs },
      ...{ kind: "continuous" as const, clockSuspect: false },
    };
    const contents = new SegmentContents(init.ftyp, withUdta(init.moov, identityUdta({ ...identity, end: null })));
    const parts = [contents.head];
    for (const fragment of group) {
      const bytes = [fragment.moof, ...fragment.mdat];
      contents.add(fragment.tracks, bytes);
      parts.push(...bytes);
    }
    const endMs = Math.round(startMs + contents.videoDurationMs);
    const open = Buffer.concat(parts);
    if (run.open && number === groups.length - 1) {
      segments.push({ startMs, endMs, bytes: open, open: true, chain: previous, runId });
      break;
    }
    const payloadSha256 = contents.seal();
    const chain = chainLink(previous, { ...identity, payloadSha256 });
    const { tail, span } = contents.closing({ ...identity, end: { endMs, repaired: false, payloadSha256, chain } });
    const bytes = Buffer.concat([open, tail]);
    span.header.copy(bytes, span.atBytes);
    segments.push({ startMs, endMs, bytes, open: false, chain: chain.value, runId });
    previous = chain.value;
    startMs = endMs;
  }
  return segments;
}

function cut(
  fragments: readonly Fragment[],
  videoId: number,
  timescale: number,
  afterSeconds: readonly number[],
): Fragment[][] {
  const groups: Fragment[][] = [[]];
  for (const fragment of fragments) {
    const video = fragment.tracks.find((track) => track.trackId === videoId);
    const next = afterSeconds[groups.length - 1];
    const sync = video?.runs[0]?.samples[0]?.sync === true;
    if (sync && next !== undefined && (video?.decodeTimeTicks ?? 0) / timescale >= next - 0.001) groups.push([]);
    groups.at(-1)?.push(fragment);
  }
  return groups;
}
