import type { CheckReport } from "../storage/check/check-storage.ts";
import type { Finding } from "../storage/check/finding.ts";

const WORDS = { open: "FOUND ", mended: "mended", note: "note  " } as const;

/** What `check` prints: a line for each finding, with what to do about those that are left, and a summary. */
export function checkText(report: CheckReport, how: { readonly deep: boolean; readonly fix: boolean }): string {
  const { cameras, segments, sizeBytes, findings } = report;
  const left = findings.filter((finding) => finding.state === "open").length;
  const mended = findings.filter((finding) => finding.state === "mended").length;
  const looked = `${counted(cameras, "camera")}, ${counted(segments, "closed segment")}, ${gigabytes(sizeBytes)}${how.deep ? ", all footage read" : ""}`;
  const verdict = [
    left === 0 ? "All is well" : `${counted(left, "problem")} found`,
    ...(how.fix ? [`${mended} mended`] : []),
  ];
  return [...findings.map(findingLine), `${looked}. ${verdict.join(", ")}.`].join("\n");
}

/** One finding as a line. */
export function findingLine({ state, kind, path, problem, remedy }: Finding): string {
  return `${WORDS[state]}  ${kind}  ${path}  ${problem}${state === "open" ? ` ${remedy}` : ""}`;
}

/** The report for machines. */
export function reportToJson({ cameras, segments, sizeBytes, findings }: CheckReport) {
  return {
    clean: findings.every((finding) => finding.state !== "open"),
    cameras,
    segments,
    size_bytes: sizeBytes,
    findings: findings.map(({ cameraId, ...finding }) => ({ ...finding, camera_id: cameraId })),
  };
}

/** `1 camera`, `2 cameras`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`;
}
