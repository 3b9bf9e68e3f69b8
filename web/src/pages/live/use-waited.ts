import { useEffect, useState } from "react";

/** Whether `waiting` has lasted for so long. */
export function useWaited(waiting: boolean, patienceMs: number): boolean {
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    if (!waiting) return setWaited(false);
    const timer = window.setTimeout(() => setWaited(true), patienceMs);
    return () => window.clearTimeout(timer);
  }, [waiting, patienceMs]);
  return waited;
}
