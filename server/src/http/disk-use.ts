/** A place for files, and the file system it is on; null: not there, or it does not answer. */
export interface DiskUse {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
}
