export type FirstRunStep = "camera" | "watch";

export interface FirstRunSearch {
  /** Absent: the administrator is made first. */
  readonly step?: FirstRunStep;
  /** The camera that was added. */
  readonly camera?: number;
}

export function parseFirstRunSearch({ step, camera }: Record<string, unknown>): FirstRunSearch {
  if (step === "watch" && typeof camera === "number") return { step, camera };
  return step === "camera" || step === "watch" ? { step: "camera" } : {};
}
