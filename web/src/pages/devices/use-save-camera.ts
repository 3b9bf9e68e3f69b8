import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import { ApiError } from "@nightjar/api/client";
import { FieldError } from "@nightjar/api/error";
import type { Group } from "@nightjar/api/group";
import { groupRoutes } from "@nightjar/api/routes";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { type CameraFormValues, formFieldOf } from "./camera-form-values.ts";
import type { CameraForm } from "./use-camera-form.ts";

interface SaveCamera {
  readonly form: CameraForm;
  /** Asks the server for the change, or for the new camera. */
  readonly send: (values: CameraFormValues) => Promise<Camera>;
  /** What is said when it is done. */
  readonly done: "devices.added" | "devices.saved";
  readonly onSaved?: (camera: Camera) => void;
}

/** Saves the form's values by `send`; what the server finds wrong is shown at its field. */
export function useSaveCamera({
  form,
  send,
  done,
  onSaved,
}: SaveCamera): UseMutationResult<Camera, Error, CameraFormValues> {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (saved) => {
      applyLiveEvent(client, { type: "camera.changed", camera: saved });
      void client.invalidateQueries({ queryKey: queryKeys.groups });
      notifications.show({ color: "green", message: t(done, { name: saved.name }) });
      onSaved?.(saved);
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
export async function groupIdOf(name: string, groups: readonly Group[]): Promise<number | null> {
  const wanted = name.trim();
  if (wanted === "") return null;
  const known = groups.find((group) => group.name === wanted);
  return known?.id ?? (await call(groupRoutes.create, { body: { name: wanted } })).id;
}

function fieldErrors(error: ApiError): FieldError[] {
  return FieldError.array().safeParse(error.details.fields).data ?? [];
}
