/** What can be wrong; a machine may rely on these words. */
export type FindingKind =
  /** A row whose file is not there, or holds no footage. */
  | "row_without_file"
  /** A segment that the catalog does not know. */
  | "file_without_row"
  /** Row and file tell different things of a segment. */
  | "row_differs"
  /** A file that was left open, with nobody to go on with it. */
  | "torn_segment"
  /** The end of a closed file is gone or changed. */
  | "damaged_segment"
  /** The payload is not what it was when the segment was closed. */
  | "changed_payload"
  | "overlap"
  /** A segment's place in the chain does not follow from what it says. */
  | "chain_broken"
  /** What a segment follows in the chain is not there, and nothing tells where it went. */
  | "chain_hole"
  /** Two segments follow the same one. */
  | "chain_forked"
  | "totals_differ"
  /** The catalog does not tell what the ledger's files tell. */
  | "ledger_differs"
  /** `camera.json` is missing or tells something else than the catalog. */
  | "camera_file_differs"
  | "camera_folder_missing"
  /** Footage of a camera that the catalog does not know, or knows as another. */
  | "unknown_camera"
  /** The network share does not answer, or is another one: what lies there was not looked at. */
  | "share_unavailable"
  | "audit_broken"
  /** Nothing is wrong: a file that is not Nightjar's, which is left alone. */
  | "foreign_file";

export interface Finding {
  readonly kind: FindingKind;
  /** null: of no camera. */
  readonly cameraId: number | null;
  /** The file or folder; of the audit, its name. */
  readonly path: string;
  /** What is wrong, as a sentence. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  readonly state: "open" | "mended" | "note";
}

/** What is said of things that `--fix` puts right. */
export const FIX = "`nightjar check --fix` puts it right.";
