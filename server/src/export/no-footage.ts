import type { CameraFootage } from "./camera-footage.ts";

/** Why an export has nothing to show, as a sentence. */
export function noFootageMessage(footage: readonly CameraFootage[]): string {
  const cameras = footage.map(({ camera }) => camera.name).join(", ");
  const causes = [...new Set(footage.flatMap(({ gaps }) => gaps.map(({ cause }) => cause)))];
  const why = causes.length === 0 ? "" : ` (${causes.join(", ")})`;
  return `There is no footage of ${cameras} in this span${why}. The timeline shows when there is.`;
}
