import type { Principal } from "../access/principal.ts";
import { NightjarError, systemErrorCode } from "../base/error.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { HttpDeps } from "./ports.ts";

/** `what`: `camera`, `group`. The same answer whether it never existed or belongs to another tenant. */
export function notFound(what: string, id: number): NightjarError {
  return new NightjarError("not_found", `There is no ${what} ${id}.`);
}

/** A camera of the caller's tenant. Throws `not_found`. `footage`: also one that was removed, whose footage is still there. */
export async function cameraOf(
  deps: HttpDeps,
  principal: Principal,
  id: number,
  which: "present" | "footage" = "present",
): Promise<OwnedCamera> {
  const { cameras } = deps.catalog.tenant(principal.tenantId);
  const camera = await cameras.get(id, { includeDeleted: which === "footage" });
  if (camera === undefined) throw notFound("camera", id);
  return camera;
}

/** Whether a file could not be read because it is not there (or is a link, which no segment is). */
export function isMissingFile(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP";
}
