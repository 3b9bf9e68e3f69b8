import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/quantities.ts";
import { FormError } from "../../shell/form-error.tsx";
import { useRecord } from "./use-record.ts";

const MOST_SECONDS = 60;

interface KeepDialogProps {
  readonly camera: Camera;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** How much of the past to keep; the whole buffer unless said otherwise. */
export function KeepDialog({ camera, opened, onClose }: KeepDialogProps) {
  const { t, i18n } = useTranslation();
  const buffered = camera.effective.recording.pre_event_seconds;
  const [seconds, setSeconds] = useState<number | string>(buffered);
  const record = useRecord(camera);
  const keep = () => {
    const asked = typeof seconds === "number" && seconds > 0 ? { seconds } : {};
    record.mutate({ action: "keep", ...asked }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("record.keepTitle", { name: camera.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <Stack>
          <FormError error={record.error} />
          <Text size="sm">
            {t("record.keepText", { value: t("unit.seconds", { value: formatNumber(buffered, i18n.language) }) })}
          </Text>
          <NumberInput
            label={t("record.seconds")}
            min={1}
            max={MOST_SECONDS}
            allowNegative={false}
            value={seconds}
            onChange={setSeconds}
            data-autofocus
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={record.isPending}>
              {t("record.keepConfirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
