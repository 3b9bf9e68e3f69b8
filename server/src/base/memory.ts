import { totalmem } from "node:os";

/** Memory that this machine, or the container we are in, has: bytes. */
export function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}
