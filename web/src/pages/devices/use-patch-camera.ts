import { notifications } from "@mantine/notifications";
import type { Camera, CameraPatch } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";

/**
 * Changes some settings of a camera, says so, and shows the camera as it then is. `isMeant` is asked before; where it says no, nothing is
 * changed, and the answer is null.
 */
export function usePatchCamera(
  camera: Camera,
  onSaved: () => void,
  isMeant: (body: CameraPatch) => Promise<boolean> = async () => true,
): UseMutationResult<Camera | null, Error, CameraPatch> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: CameraPatch) =>
      (await isMeant(body)) ? call(cameraRoutes.update, { params: { id: camera.id }, body }) : null,
    onSuccess: (saved) => {
      if (saved === null) return;
      applyLiveEvent(client, { type: "camera.changed", camera: saved });
      notifications.show({ color: "green", message: t("devices.saved", { name: saved.name }) });
      onSaved();
    },
  });
}
