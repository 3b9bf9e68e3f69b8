import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { FormError } from "../../shell/form-error.tsx";

/** Asks before a camera is deleted and says what becomes of its footage. `camera` null: closed. */
export function DeleteCamera({ camera, onClose }: { readonly camera: Camera | null; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  // While the dialog fades out it still shows the camera it was about.
  const last = useRef(camera);
  if (camera !== null) last.current = camera;
  const name = last.current?.name ?? "";
  const remove = useMutation({
    mutationFn: (id: number) => call(cameraRoutes.remove, { params: { id }, query: {} }),
    onSuccess: (_, id) => {
      applyLiveEvent(client, { type: "camera.deleted", camera_id: id });
      notifications.show({ message: t("devices.deleted", { name }) });
      onClose();
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Modal
      opened={camera !== null}
      onClose={close}
      title={t("devices.deleteTitle", { name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <FormError error={remove.error} />
        <Text size="sm">{t("devices.deleteText")}</Text>
        <List size="sm" spacing={4}>
          <List.Item>{t("devices.deleteFootage")}</List.Item>
          <List.Item>{t("devices.deleteSettings")}</List.Item>
        </List>
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red.8" loading={remove.isPending} onClick={() => camera !== null && remove.mutate(camera.id)}>
            {t("devices.deleteConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
