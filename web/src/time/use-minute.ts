import { useEffect, useState } from "react";
import { nowMs } from "./now.ts";

const MINUTE_MS = 60_000;

/** Wall time in milliseconds when the present minute began; what shows it is drawn again with every minute. */
export function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(nowMs() / MINUTE_MS));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each minute waits for the next
  useEffect(() => {
    const untilNextMs = MINUTE_MS - (nowMs() % MINUTE_MS);
    const timer = window.setTimeout(() => setMinute(Math.floor(nowMs() / MINUTE_MS)), untilNextMs + 1);
    return () => window.clearTimeout(timer);
  }, [minute]);
  return minute * MINUTE_MS;
}
