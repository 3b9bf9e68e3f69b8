import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import { ApiError } from "@nightjar/api/client";
import { FieldError } from "@nightjar/api/error";
import type { Group } from "@nightjar/api/group";
import { cameraRoutes, groupRoutes } from "@nightjar/api/routes";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { type CameraFormValues, cameraCreateOf, cameraPatchOf, formFieldOf } from "./camera-form-values.ts";
import type { CameraForm } from "./use-camera-form.ts";

/** Saves the form as a new camera or as a change of `camera`; what the server finds wrong is shown at its field. */
export function useSaveCamera(
  camera: Camera | null,
  groups: readonly Group[],
  form: CameraForm,
  onSaved: (camera: Camera) => void,
): UseMutationResult<Camera, Error, CameraFormValues> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (values: CameraFormValues) => {
      const groupId = await groupIdOf(values.group, groups);
      if (camera === null) return call(cameraRoutes.create, { body: cameraCreateOf(values, groupId) });
      return call(cameraRoutes.update, { params: { id: camera.id }, body: cameraPatchOf(values, groupId) });
    },
    onSuccess: (saved) => {
      applyLiveEvent(client, { type: "camera.changed", camera: saved });
      void client.invalidateQueries({ queryKey: queryKeys.groups });
      const text = camera === null ? "devices.added" : "devices.saved";
      notifications.show({ color: "green", message: t(text, { name: saved.name }) });
      onSaved(saved);
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      for (const { field, message } of fieldErrors(error)) {
        const name = formFieldOf(field);
        if (name !== null) form.setFieldError(name, message);
      }
    },
  });
}

/** The id of the named group, which is made when it does not exist; null for no name. */
async function groupIdOf(name: string, groups: readonly Group[]): Promise<number | null> {
  const wanted = name.trim();
  if (wanted === "") return null;
  const known = groups.find((group) => group.name === wanted);
  return known?.id ?? (await call(groupRoutes.create, { body: { name: wanted } })).id;
}

function fieldErrors(error: ApiError): FieldError[] {
  return FieldError.array().safeParse(error.details.fields).data ?? [];
}
