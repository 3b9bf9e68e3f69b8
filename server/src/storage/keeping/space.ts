/** What is free on a volume. */
export interface Space {
  readonly sizeBytes: number;
  readonly freeBytes: number;
}
