import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { scheduleRoutes } from "@nightjar/api/routes";
import type { Schedule } from "@nightjar/api/schedule";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { FormError } from "../../shell/form-error.tsx";
import type { ScheduleInUse } from "./schedule-list.tsx";

/** Asks before a schedule is deleted; one that is in use is not, and it says by which cameras. `wanted` null: closed. */
export function DeleteSchedule({
  wanted,
  onClose,
}: {
  readonly wanted: ScheduleInUse | null;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  // While the dialog fades out it still shows the schedule it was about.
  const last = useRef(wanted);
  if (wanted !== null) last.current = wanted;
  const name = last.current?.schedule.name ?? "";
  const users = [...(last.current?.users.active ?? []), ...(last.current?.users.waiting ?? [])];
  const isDefault = last.current?.isDefault ?? false;
  const inUse = users.length > 0 || isDefault;
  const remove = useMutation({
    mutationFn: (id: number) => call(scheduleRoutes.remove, { params: { id } }),
    onSuccess: (_, id) => {
      client.setQueryData<Schedule[]>(queryKeys.schedules, (known) => known?.filter((one) => one.id !== id));
      notifications.show({ message: t("schedules.deleted", { name }) });
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
      title={t("schedules.deleteTitle", { name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <FormError error={remove.error} />
        {users.length > 0 && (
          <>
            <Text size="sm">{t("schedules.deleteInUse")}</Text>
            <List size="sm" spacing={4}>
              {users.map((camera) => (
                <List.Item key={camera.id}>
                  {camera.name} ({t(`mode.${camera.effective.recording.mode}`)})
                </List.Item>
              ))}
            </List>
          </>
        )}
        {isDefault && <Text size="sm">{t("schedules.deleteDefault")}</Text>}
        {!inUse && <Text size="sm">{t("schedules.deleteText")}</Text>}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t(inUse ? "common.close" : "common.cancel")}
          </Button>
          {!inUse && (
            <Button
              color="red.8"
              loading={remove.isPending}
              onClick={() => wanted !== null && remove.mutate(wanted.schedule.id)}
            >
              {t("schedules.deleteConfirm")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
