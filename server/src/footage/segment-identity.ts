import type { RecordingKind } from "@nightjar/api/camera";
import { uuidBytes, uuidText } from "../base/uuid-bytes.ts";
import { boxesIn, childrenOf, findChild, readU64, requireChild, writeBox } from "../media/isobmff/box.ts";
import type { ChainLink } from "./segment-chain.ts";

/**
 * What a segment says about itself in `moov/udta`, of the first `moov` and of the final one: enough to rebuild the catalog from files.
 * `end` is null in the first `moov`, which is written before the end is known.
 */
export interface SegmentIdentity {
  readonly tenantId: number;
  readonly cameraId: number;
  readonly cameraUuid: string;
  readonly runId: string;
  /** Place in the run, from 0. */
  readonly number: number;
  /** Wall time of the first sample. */
  readonly startMs: number;
  readonly kind: RecordingKind;
  /** The clock had been set back: `startMs` is behind the footage before, and later than it truly was. */
  readonly clockSuspect: boolean;
  readonly end: SegmentEnd | null;
}

export interface SegmentEnd {
  readonly endMs: number;
  /** Closed by a repair, not by the recorder. */
  readonly repaired: boolean;
  /** Hex. */
  readonly payloadSha256: string;
  readonly chain: ChainLink;
}

/** Type of our box: clause 4.2 gives everybody a name of their own through `uuid`. */
const USER_TYPE = Buffer.from("nightjar-segment", "latin1");
const VERSION = 1;
const KINDS: readonly RecordingKind[] = ["continuous", "scheduled", "motion", "manual"];
const STATE = { open: 0, closed: 1, repaired: 2 };

// Layout behind the user type, big-endian.
const AT = {
  version: 0,
  state: 1,
  kind: 2,
  flags: 3,
  tenant: 4,
  camera: 12,
  cameraUuid: 20,
  run: 36,
  number: 52,
  start: 56,
  end: 64,
  sha256: 72,
  previousChain: 104,
  chain: 136,
};
const BODY_BYTES = 168;
const SHA256_BYTES = 32;
const FLAG_CLOCK_SUSPECT = 1;

/** The `udta` box with the identity in it; its size never varies. */
export function identityUdta(identity: SegmentIdentity): Buffer {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, AT.version);
  body.writeUInt8(KINDS.indexOf(identity.kind), AT.kind);
  body.writeUInt8(identity.clockSuspect ? FLAG_CLOCK_SUSPECT : 0, AT.flags);
  body.writeBigUInt64BE(BigInt(identity.tenantId), AT.tenant);
  body.writeBigUInt64BE(BigInt(identity.cameraId), AT.camera);
  uuidBytes(identity.cameraUuid).copy(body, AT.cameraUuid);
  uuidBytes(identity.runId).copy(body, AT.run);
  body.writeUInt32BE(identity.number, AT.number);
  body.writeBigUInt64BE(BigInt(identity.startMs), AT.start);
  if (identity.end !== null) {
    const { endMs, repaired, payloadSha256, chain } = identity.end;
    body.writeUInt8(repaired ? STATE.repaired : STATE.closed, AT.state);
    body.writeBigUInt64BE(BigInt(endMs), AT.end);
    Buffer.from(payloadSha256, "hex").copy(body, AT.sha256);
    Buffer.from(chain.previous, "hex").copy(body, AT.previousChain);
    Buffer.from(chain.value, "hex").copy(body, AT.chain);
  }
  return writeBox("udta", writeBox("uuid", USER_TYPE, body));
}

/** Reads the identity of a whole `moov` box; null when it carries none (not our file). Throws MalformedMedia. */
export function readIdentity(moov: Buffer): SegmentIdentity | null {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined || findChild(moov, root, "udta") === undefined) return null;
  const own = childrenOf(moov, requireChild(moov, root, "udta")).find((box) => box.type === "uuid");
  if (own === undefined) return null;
  const body = moov.subarray(own.bodyStart + USER_TYPE.length, own.end);
  if (!moov.subarray(own.bodyStart, own.bodyStart + USER_TYPE.length).equals(USER_TYPE)) return null;
  if (body.length < BODY_BYTES || body[AT.version] !== VERSION) return null;
  return {
    tenantId: readU64(body, AT.tenant),
    cameraId: readU64(body, AT.camera),
    cameraUuid: uuidText(body, AT.cameraUuid),
    runId: uuidText(body, AT.run),
    number: body.readUInt32BE(AT.number),
    startMs: readU64(body, AT.start),
    kind: KINDS[body[AT.kind] ?? 0] ?? "continuous",
    clockSuspect: ((body[AT.flags] ?? 0) & FLAG_CLOCK_SUSPECT) !== 0,
    end: body[AT.state] === STATE.open ? null : readEnd(body),
  };
}

function readEnd(body: Buffer): SegmentEnd {
  const sha256 = (at: number) => body.toString("hex", at, at + SHA256_BYTES);
  return {
    endMs: readU64(body, AT.end),
    repaired: body[AT.state] === STATE.repaired,
    payloadSha256: sha256(AT.sha256),
    chain: { previous: sha256(AT.previousChain), value: sha256(AT.chain) },
  };
}
