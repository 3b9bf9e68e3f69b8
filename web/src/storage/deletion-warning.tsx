import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import type { StorageDryRunResult } from "@nightjar/api/storage";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery } from "../api/queries.ts";
import { formatBytes } from "../i18n/quantities.ts";
import { deviceZone } from "../time/device-zone.ts";
import { formatMoment } from "../time/format.ts";

/** More cameras than these are counted. */
const NAMED_AT_MOST = 5;

interface DeletionWarningProps {
  /** null: closed. */
  readonly result: StorageDryRunResult | null;
  readonly onAnswer: (goOn: boolean) => void;
}

/** What a change would delete at once, before it is saved. */
export function DeletionWarning({ result, onAnswer }: DeletionWarningProps) {
  const { t, i18n } = useTranslation();
  const { data: cameras = [] } = useQuery(camerasQuery);
  // While the dialog fades out it still shows what it was about.
  const last = useRef(result);
  if (result !== null) last.current = result;
  const { segments = 0, size_bytes = 0, oldest = null, newest = null, refused_locked = 0 } = last.current ?? {};
  const moment = (iso: string | null) =>
    iso === null ? t("common.notKnown") : formatMoment(Date.parse(iso), deviceZone(), i18n.language);
  const perCamera = (last.current?.cameras ?? []).filter((one) => one.segments > 0);
  const nameOf = (id: number) => cameras.find((camera) => camera.id === id)?.name ?? t("storage.removedCamera", { id });
  return (
    <Modal
      opened={result !== null}
      onClose={() => onAnswer(false)}
      title={t("storage.warningTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <Text size="sm">
          {t("storage.warningText", { count: segments, size: formatBytes(t, size_bytes, i18n.language) })}
        </Text>
        <Text size="sm" className="nj-figures">
          {t("storage.warningSpan", { oldest: moment(oldest), newest: moment(newest) })}
        </Text>
        <List size="sm" spacing={4}>
          {perCamera.slice(0, NAMED_AT_MOST).map((one) => (
            <List.Item key={one.camera_id}>
              {nameOf(one.camera_id)}: {formatBytes(t, one.size_bytes, i18n.language)}
            </List.Item>
          ))}
          {perCamera.length > NAMED_AT_MOST && (
            <List.Item>{t("storage.warningMore", { count: perCamera.length - NAMED_AT_MOST })}</List.Item>
          )}
        </List>
        {refused_locked > 0 && <Text size="sm">{t("storage.warningLocked", { count: refused_locked })}</Text>}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={() => onAnswer(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red.8" onClick={() => onAnswer(true)}>
            {t("storage.warningConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
