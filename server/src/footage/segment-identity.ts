import type { RecordingKind } from "@nightjar/api/camera";
import { boxesIn, childrenOf, findChild, readU64, requireChild, writeBox } from "../media/isobmff/box.ts";

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
  readonly end: { readonly endMs: number; readonly repaired: boolean; readonly payloadSha256: string } | null;
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
  tenant: 4,
  camera: 12,
  cameraUuid: 20,
  run: 36,
  number: 52,
  start: 56,
  end: 64,
  sha256: 72,
};
const BODY_BYTES = 104;

/** The `udta` box with the identity in it; its size never varies. */
export function identityUdta(identity: SegmentIdentity): Buffer {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, AT.version);
  body.writeUInt8(KINDS.indexOf(identity.kind), AT.kind);
  body.writeBigUInt64BE(BigInt(identity.tenantId), AT.tenant);
  body.writeBigUInt64BE(BigInt(identity.cameraId), AT.camera);
  uuidBytes(identity.cameraUuid).copy(body, AT.cameraUuid);
  uuidBytes(identity.runId).copy(body, AT.run);
  body.writeUInt32BE(identity.number, AT.number);
  body.writeBigUInt64BE(BigInt(identity.startMs), AT.start);
  if (identity.end !== null) {
    body.writeUInt8(identity.end.repaired ? STATE.repaired : STATE.closed, AT.state);
    body.writeBigUInt64BE(BigInt(identity.end.endMs), AT.end);
    Buffer.from(identity.end.payloadSha256, "hex").copy(body, AT.sha256);
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
  const state = body[AT.state];
  return {
    tenantId: readU64(body, AT.tenant),
    cameraId: readU64(body, AT.camera),
    cameraUuid: uuidText(body, AT.cameraUuid),
    runId: uuidText(body, AT.run),
    number: body.readUInt32BE(AT.number),
    startMs: readU64(body, AT.start),
    kind: KINDS[body[AT.kind] ?? 0] ?? "continuous",
    end:
      state === STATE.open
        ? null
        : {
            endMs: readU64(body, AT.end),
            repaired: state === STATE.repaired,
            payloadSha256: body.subarray(AT.sha256, AT.sha256 + 32).toString("hex"),
          },
  };
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

function uuidText(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
