/**
 * Asks once for all who ask while the answer is still awaited. What asks a disk that hangs would otherwise take another of the few threads
 * for file calls each time, until none is left for anything else.
 */
export function sharedAnswer<T>(ask: () => Promise<T>): () => Promise<T> {
  let awaited: Promise<T> | null = null;
  return () => {
    awaited ??= ask().finally(() => {
      awaited = null;
    });
    return awaited;
  };
}
