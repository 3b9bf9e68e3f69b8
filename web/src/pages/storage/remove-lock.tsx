import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { lockRoutes } from "@nightjar/api/routes";
import type { Lock } from "@nightjar/api/storage";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { formatBytes } from "../../i18n/quantities.ts";
import { FormError } from "../../shell/form-error.tsx";

/** Asks before a lock is taken away and says what may be deleted then. `wanted` null: closed. */
export function RemoveLock({ wanted, onClose }: { readonly wanted: Lock | null; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  // While the dialog fades out it still shows the lock it was about.
  const last = useRef(wanted);
  if (wanted !== null) last.current = wanted;
  const { reason = "", size_bytes = 0 } = last.current ?? {};
  const remove = useMutation({
    mutationFn: ({ id }: Lock) => call(lockRoutes.remove, { params: { id } }),
    onSuccess: (_, { camera_ids }) => {
      applyLiveEvent(client, { type: "locks.changed", camera_ids });
      notifications.show({ message: t("storage.lockRemoved") });
      onClose();
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Modal
      opened={wanted !== null}
      onClose={close}
      title={t("storage.removeLockTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <FormError error={remove.error} />
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {reason}
        </Text>
        <Text size="sm">{t("storage.removeLockText", { size: formatBytes(t, size_bytes, i18n.language) })}</Text>
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red.8" loading={remove.isPending} onClick={() => wanted !== null && remove.mutate(wanted)}>
            {t("storage.removeLockConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
