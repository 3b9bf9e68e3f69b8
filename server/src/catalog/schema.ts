import type { AlertKind } from "@nightjar/api/alert";
import type { RecordingKind } from "@nightjar/api/camera";
import type { ExportErrorCode, ExportStatus } from "@nightjar/api/export";
import type { Generated } from "kysely";
import type { DeletionCause } from "../recording/deletion.ts";
import type { LedgerState } from "../recording/ledger.ts";
import type { BuiltInRole } from "./roles.ts";

/** Tables and columns, the same on both databases. JSON is kept as text, a yes or no as 1 or 0, a time as integer milliseconds. */
export interface Schema {
  /** `max_storage_bytes` 0: no limit. */
  tenants: { id: Generated<number>; name: string; max_storage_bytes: Generated<number> };
  /** `tenant_id` null: built in. */
  roles: { id: Generated<number>; tenant_id: number | null; name: BuiltInRole };
  users: {
    id: Generated<number>;
    tenant_id: number;
    role_id: number;
    username: string;
    /** The name as it is compared: see `usernameKey`. */
    username_key: string;
    password_hash: string;
    created_at_ms: number;
  };
  sessions: {
    id: Generated<number>;
    tenant_id: number;
    user_id: number;
    kind: "login" | "media";
    camera_id: number | null;
    token_hash: Uint8Array;
    created_at_ms: number;
    last_used_at_ms: number;
    expires_at_ms: number;
  };
  api_tokens: {
    id: Generated<number>;
    tenant_id: number;
    user_id: number;
    name: string;
    permissions: string;
    token_hash: Uint8Array;
    created_at_ms: number;
    expires_at_ms: number | null;
    last_used_at_ms: number | null;
  };
  camera_groups: { id: Generated<number>; tenant_id: number; name: string };
  cameras: {
    id: Generated<number>;
    tenant_id: number;
    uuid: string;
    name: string;
    group_id: number | null;
    enabled: number;
    time_zone: string;
    streams: string;
    username: string | null;
    password_sealed: string | null;
    transport: "tcp" | "udp";
    recording: string;
    audio: string | null;
    storage: Generated<string>;
    created_at_ms: number;
    deleted_at_ms: number | null;
    /** 1: its footage is to be deleted too. */
    footage_unwanted: Generated<number>;
  };
  segments: {
    camera_id: number;
    start_ms: number;
    end_ms: number;
    name: string;
    run_id: string;
    number: number;
    size_bytes: number;
    state: "open" | "closed" | "repaired";
    kind: RecordingKind;
    payload_sha256: Uint8Array | null;
    on_share: Generated<number>;
  };
  /** `encodeOutline` of a closed segment. Goes with its row; may be absent, and is then made from the file. */
  segment_outlines: { camera_id: number; start_ms: number; outline: Uint8Array };
  schedules: { id: Generated<number>; tenant_id: number; name: string; windows: string };
  /** One row, for the whole installation. `recording`: what of the built-in defaults was changed. */
  settings: {
    id: number;
    recording: string;
    /** Where files lie, as far as it was changed. */
    places: Generated<string>;
    recordings_volume: string | null;
    export: Generated<string>;
    share: Generated<string>;
    share_volume: string | null;
  };
  locks: {
    id: Generated<number>;
    tenant_id: number;
    camera_ids: string;
    start_ms: number;
    end_ms: number;
    reason: string;
    created_by: string;
    created_at_ms: number;
    expires_at_ms: number | null;
  };
  /** Spans whose footage was deleted; they never overlap. */
  deletions: { camera_id: number; start_ms: number; end_ms: number; cause: DeletionCause };
  /** From `at_ms` on, until the next row. `detail`: the kind of recording, or the cause why there is none. */
  ledger: { camera_id: number; at_ms: number; state: LedgerState["kind"]; detail: string };
  /** Sums over the closed segments of a camera, kept in the transaction that changes a segment. */
  segment_totals: { camera_id: number; segment_count: number; size_bytes: number; duration_ms: number };
  alerts: {
    id: Generated<number>;
    tenant_id: number;
    /** What it is about; only one open alert may have it. */
    subject: string;
    kind: AlertKind;
    camera_ids: string;
    since_ms: number;
    until_ms: number | null;
    message: string;
    action: string;
    acknowledged_by: string | null;
    acknowledged_at_ms: number | null;
  };
  audit: {
    tenant_id: number;
    sequence: number;
    at_ms: number;
    actor: string;
    action: string;
    object: string;
    before_json: string | null;
    after_json: string | null;
    address: string | null;
    previous_hash: string;
  };
  exports: {
    id: string;
    tenant_id: number;
    created_at_ms: number;
    created_by: string;
    /** Order of the queue. */
    place: number;
    status: ExportStatus;
    request: string;
    result: string | null;
    size_bytes: number;
    error: string | null;
    error_code: ExportErrorCode | null;
    finished_at_ms: number | null;
  };
  /** The newest values of the cameras' chains, each signed once an hour. `name`, `start_ms`: of the segment that had it. */
  chain_signatures: {
    camera_id: number;
    start_ms: number;
    name: string;
    chain: string;
    signed_at_ms: number;
    public_key: string;
    signature: string;
  };
  /** How far the reports of each worker's journal are taken in. */
  worker_progress: { worker_name: string; worker_uuid: string; last_sequence: number };
}
