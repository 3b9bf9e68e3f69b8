import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Export } from "@nightjar/api/export";
import { exportRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { formatBytes } from "../../i18n/quantities.ts";
import { FormError } from "../../shell/form-error.tsx";

/** Asks before an export is deleted, and says what is lost. `wanted` null: closed. */
export function DeleteExport({ wanted, onClose }: { readonly wanted: Export | null; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  // While the dialog fades out it still shows the export it was about.
  const last = useRef(wanted);
  if (wanted !== null) last.current = wanted;
  const { status = "ready", size_bytes: sizeBytes = 0 } = last.current ?? {};
  const remove = useMutation({
    mutationFn: (id: string) => call(exportRoutes.remove, { params: { id } }),
    onSuccess: (_, id) => {
      applyLiveEvent(client, { type: "export.deleted", export_id: id });
      notifications.show({ message: t("export.deleted") });
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
      title={t("export.deleteTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <FormError error={remove.error} />
        <Text size="sm">
          {status === "ready"
            ? t("export.deleteText", { size: formatBytes(t, sizeBytes, i18n.language) })
            : t("export.deleteUnfinished")}
        </Text>
        <Text size="sm">{t("export.deleteFootage")}</Text>
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t("common.close")}
          </Button>
          <Button
            color="red.8"
            loading={remove.isPending}
            onClick={() => wanted !== null && remove.mutate(wanted.export_id)}
          >
            {t("export.deleteConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
