import type { AlertInput } from "../catalog/alerts.ts";
import { nameSome } from "../catalog/name-some.ts";
import type { Trouble } from "./recording-watch.ts";

/** What is wrong with one camera. */
export interface CameraTrouble {
  readonly camera: { readonly id: number; readonly tenantId: number; readonly name: string };
  readonly trouble: Trouble;
}

export interface TenantAlert extends AlertInput {
  readonly tenantId: number;
}

/** One alert for each tenant, kind and shared cause, whatever the number of cameras it hits. Pure. */
export function groupTroubles(troubles: readonly CameraTrouble[]): TenantAlert[] {
  const groups = new Map<string, CameraTrouble[]>();
  for (const one of troubles) {
    const key = JSON.stringify([one.camera.tenantId, one.trouble.kind, one.trouble.about]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => alertOf(group.sort((a, b) => a.camera.id - b.camera.id)));
}

function alertOf(group: readonly CameraTrouble[]): TenantAlert {
  const [first] = group;
  if (first === undefined) throw new RangeError("a group has at least one camera");
  const { camera, trouble } = first;
  return {
    tenantId: camera.tenantId,
    kind: trouble.kind,
    about: trouble.about,
    cameraIds: group.map((one) => one.camera.id),
    message: `${whatIsWrong(group, first)} ${reasonOf(group, first)}`,
    action: trouble.action,
  };
}

function whatIsWrong(group: readonly CameraTrouble[], { camera, trouble }: CameraTrouble): string {
  if (group.length === 1) return `${camera.name} ${trouble.one}.`;
  return `${group.length} cameras ${trouble.many}: ${nameSome(group.map((one) => one.camera))}.`;
}

/** The cause is the same, but each camera may tell it in words of its own, with its own address in them. */
function reasonOf(group: readonly CameraTrouble[], { camera, trouble }: CameraTrouble): string {
  const same = group.every((one) => one.trouble.reason === trouble.reason);
  return same ? trouble.reason : `Of ${camera.name}: ${trouble.reason}`;
}
