import { Button, Stack } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { Group } from "@nightjar/api/group";
import { cameraRoutes } from "@nightjar/api/routes";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { generalPatchOf } from "./camera-form-values.ts";
import { GeneralFields } from "./general-fields.tsx";
import { useCameraForm } from "./use-camera-form.ts";
import { groupIdOf, useSaveCamera } from "./use-save-camera.ts";

/** What the camera is called and where it belongs. */
export function GeneralTab({ camera, groups }: { readonly camera: Camera; readonly groups: readonly Group[] }) {
  const { t } = useTranslation();
  const groupName = groups.find((group) => group.id === camera.group_id)?.name ?? "";
  const form = useCameraForm(camera, groupName);
  const save = useSaveCamera({
    form,
    done: "devices.saved",
    onSaved: () => form.resetDirty(),
    send: async (values) =>
      call(cameraRoutes.update, {
        params: { id: camera.id },
        body: generalPatchOf(values, await groupIdOf(values.group, groups)),
      }),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="lg" maw={640}>
        <FormError error={save.error} />
        <GeneralFields form={form} groups={groups} />
        <SaveBar isChanged={form.isDirty()}>
          <Button type="submit" loading={save.isPending}>
            {t("common.save")}
          </Button>
        </SaveBar>
      </Stack>
    </form>
  );
}
