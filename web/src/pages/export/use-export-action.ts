import type { Export } from "@nightjar/api/export";
import { exportRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";

/** Cancels an export, or has it made again. */
export function useExportAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: "cancel" | "retry"): Promise<Export> => call(exportRoutes[what], { params: { id } }),
    onSuccess: (changed) => applyLiveEvent(client, { type: "export.changed", export: changed }),
  });
}
