import type { Export, ExportOrder } from "@nightjar/api/export";

/** A segment of the recordings that an export was made from. */
export interface ManifestSegment {
  readonly name: string;
  readonly start: string;
  readonly end: string;
  readonly run_id: string;
  /** Place in the run. */
  readonly number: number;
  readonly kind: string;
  readonly state: "open" | "closed" | "repaired";
  readonly size_bytes: number;
  readonly payload_sha256: string;
  /** The footage was read again, and is no longer what its recorder has hashed. */
  readonly altered: boolean;
  /** Its time was set by a clock that had been put back. */
  readonly clock_suspect: boolean;
  readonly chain: { readonly previous: string; readonly value: string } | null;
  /** The installation had signed this value of the chain as that of the segment, before the export was asked for. null: not of this one. */
  readonly signed: { readonly at: string; readonly chain: string; readonly value: string } | null;
}

export interface ManifestCamera {
  readonly camera_id: number;
  readonly name: string;
  readonly uuid: string;
  readonly time_zone: string;
  readonly segments: readonly ManifestSegment[];
  readonly gaps: readonly Omit<Export["gaps"][number], "camera_id">[];
}

export interface ManifestFile {
  readonly name: string;
  readonly size_bytes: number;
  readonly sha256: string;
  /** Of the whole file, 8 hex digits: what a ZIP has of it. */
  readonly crc32: string;
  /** CRC-32 of each megabyte (2^20 bytes), 8 hex digits: tells where the file was altered. */
  readonly blocks_crc32: readonly string[];
  /** Of an MP4. */
  readonly footage?: {
    readonly camera_id: number;
    readonly part: number;
    readonly start: string;
    readonly end: string;
    readonly duration_seconds: number;
    readonly frames: number;
    /** The pictures are those of the camera, bit by bit; false: they were encoded anew. */
    readonly original: boolean;
    /** Which time plays where in the file. */
    readonly spans: readonly { readonly start: string; readonly end: string; readonly at_seconds: number }[];
  };
}

/** What an export says of itself, signed. */
export interface Manifest {
  readonly format: string;
  readonly export_id: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly finished_at: string;
  readonly program: string;
  readonly request: ExportOrder;
  readonly cameras: readonly ManifestCamera[];
  readonly files: readonly ManifestFile[];
  readonly signature: { readonly algorithm: "Ed25519"; readonly public_key: string; readonly value: string };
}
