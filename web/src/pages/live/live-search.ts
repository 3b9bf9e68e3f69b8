/** What a link to Live holds. */
export interface LiveSearch {
  /** The camera that is enlarged. */
  readonly camera?: number;
}

/** Takes from an address what makes sense and leaves out the rest. */
export function parseLiveSearch({ camera }: Record<string, unknown>): LiveSearch {
  return typeof camera === "number" && Number.isInteger(camera) && camera > 0 ? { camera } : {};
}
