const LONG_MS = 2 ** 30;

/**
 * Keeps the process alive until `work` is done. Timers and workers of ours do not: without this, Node would end the process in the middle
 * of stopping, when nothing is left open but promises.
 */
export async function keepAliveDuring<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, LONG_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
