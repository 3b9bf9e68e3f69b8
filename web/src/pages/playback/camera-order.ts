import type { Camera } from "@nightjar/api/camera";
import type { Group } from "@nightjar/api/group";

export interface CameraBranch {
  /** null: the cameras without a group. */
  readonly group: Group | null;
  readonly cameras: readonly Camera[];
}

/** The tree: groups by name with their cameras by name, at the end the cameras without a group. Groups without cameras are left out. */
export function cameraTree(cameras: readonly Camera[], groups: readonly Group[], language: string): CameraBranch[] {
  const byName = (a: { name: string }, b: { name: string }) =>
    a.name.localeCompare(b.name, language, { numeric: true });
  const known = new Set(groups.map((group) => group.id));
  const branches: CameraBranch[] = [...groups].sort(byName).map((group) => ({
    group,
    cameras: cameras.filter((camera) => camera.group_id === group.id).sort(byName),
  }));
  const rest = cameras.filter((camera) => camera.group_id === null || !known.has(camera.group_id)).sort(byName);
  return [...branches, { group: null, cameras: rest }].filter((branch) => branch.cameras.length > 0);
}
