import { notifications } from "@mantine/notifications";
import type { Camera, RecordRequest, RecordResult } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { errorText } from "../../i18n/error-text.ts";
import { formatNumber } from "../../i18n/quantities.ts";

/** Records a camera by hand, or ends that, and says what came of it. */
export function useRecord(camera: Camera): UseMutationResult<RecordResult, Error, RecordRequest> {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RecordRequest) => call(cameraRoutes.record, { params: { id: camera.id }, body }),
    onSuccess: (result, { action }) => {
      // The new state comes as a live event too, but this page need not wait for it.
      void client.invalidateQueries({ queryKey: queryKeys.cameraStatus(camera.id) });
      notifications.show({ title: resultTitle(t, camera, action, result, i18n.language), message: result.message });
    },
    onError: (error) => notifications.show({ color: "red", title: t("error.title"), message: errorText(t, error) }),
  });
}

function resultTitle(
  t: TFunction,
  { name }: Camera,
  action: RecordRequest["action"],
  { kept_seconds: seconds }: RecordResult,
  language: string,
): string {
  if (action === "start") return t("record.started", { name });
  if (action === "stop") return t("record.stopped", { name });
  const tenths = Math.round((seconds ?? 0) * 10) / 10;
  return t("record.kept", { name, value: t("unit.seconds", { value: formatNumber(tenths, language) }) });
}
