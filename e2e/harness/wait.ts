import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** Milliseconds after which it throws. */
  readonly withinMs: number;
  readonly everyMs?: number;
  /** Added to the message when it did not come true, such as the end of a log. */
  readonly onTimeout?: () => string | Promise<string>;
}

/**
 * Asks `probe` until it answers something other than undefined or false, and answers that. `what` completes "waited for …". An error
 * thrown by `probe` ends the wait: a probe that may fail for a while says so by answering undefined.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const untilMs = performance.now() + options.withinMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > untilMs) {
      const more = await options.onTimeout?.();
      throw new Error(`Waited ${options.withinMs / 1000} s for ${what}.${more === undefined ? "" : `\n${more}`}`);
    }
    await delay(options.everyMs ?? 100);
  }
}
