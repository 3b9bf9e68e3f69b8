import type { ExportStatus } from "@nightjar/api/export";
import { CircleCheck, CircleDashed, CircleSlash, Clock, type LucideIcon, TriangleAlert } from "lucide-react";

const MARKS: Record<ExportStatus, { readonly Icon: LucideIcon; readonly color: string }> = {
  queued: { Icon: Clock, color: "var(--mantine-color-dimmed)" },
  running: { Icon: CircleDashed, color: "var(--mantine-primary-color-filled)" },
  ready: { Icon: CircleCheck, color: "var(--nj-ok)" },
  failed: { Icon: TriangleAlert, color: "var(--nj-gap)" },
  cancelled: { Icon: CircleSlash, color: "var(--mantine-color-dimmed)" },
};

/** The state of an export as a shape of its own; the word stands beside it. */
export function ExportStateMark({ status }: { readonly status: ExportStatus }) {
  const { Icon, color } = MARKS[status];
  return <Icon size={16} color={color} aria-hidden style={{ flex: "none" }} />;
}
