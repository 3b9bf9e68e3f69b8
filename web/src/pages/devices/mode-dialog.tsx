import { Button, Group, Modal, ScrollArea, Select, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type Camera, RecordingMode } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { Schedule } from "@nightjar/api/schedule";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { recordingSettingsQuery, schedulesQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { scheduleName } from "../../recording-settings/setting-text.ts";
import { FormError } from "../../shell/form-error.tsx";
import { type ModeOfCamera, modeOverrides, previewModeChange } from "./mode-change.ts";

const INHERIT = "inherit";
const KEEP = "keep";

interface ModeDialogProps {
  readonly cameras: readonly Camera[];
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Sets the mode of several cameras at once, and says before what will change. */
export function ModeDialog({ cameras, opened, onClose, onDone }: ModeDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t("bulk.title", { count: cameras.length })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <ModeForm cameras={cameras} onClose={onClose} onDone={onDone} />
    </Modal>
  );
}

function ModeForm({ cameras, onClose, onDone }: Omit<ModeDialogProps, "opened">) {
  const { t } = useTranslation();
  const { data: schedules = [] } = useQuery(schedulesQuery);
  const maySee = useHasPermission("settings.edit");
  const { data: settings } = useQuery({ ...recordingSettingsQuery, enabled: maySee });
  const [mode, setMode] = useState<RecordingMode | typeof INHERIT>("continuous");
  const [scheduleId, setScheduleId] = useState<number | null>(null);
  const change = { mode: mode === INHERIT ? null : mode, scheduleId };
  const preview = previewModeChange(cameras, change, settings?.defaults);
  const save = useApply(cameras, onDone);
  return (
    <Stack>
      <FormError error={save.error} />
      <Select
        label={t("recordingSettings.field.mode")}
        allowDeselect={false}
        data-autofocus
        data={[
          ...RecordingMode.options.map((value) => ({ value, label: t(`mode.${value}`) })),
          { value: INHERIT, label: t("bulk.inherit") },
        ]}
        value={mode}
        onChange={(chosen) => setMode(RecordingMode.options.find((one) => one === chosen) ?? INHERIT)}
      />
      {mode === "scheduled" && (
        <Select
          label={t("recordingSettings.field.schedule_id")}
          allowDeselect={false}
          data={[
            { value: KEEP, label: t("bulk.scheduleKeep") },
            ...schedules.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          value={scheduleId === null ? KEEP : String(scheduleId)}
          onChange={(chosen) => setScheduleId(chosen === null || chosen === KEEP ? null : Number(chosen))}
        />
      )}
      <section aria-label={t("bulk.summary")}>
        <Text size="sm" fw={600} mb={4}>
          {t("bulk.summary")}
        </Text>
        <Changes preview={preview} schedules={schedules} />
      </section>
      {preview.withoutSchedule.length > 0 && (
        <Group gap="xs" wrap="nowrap" align="flex-start" role="status">
          <TriangleAlert size={18} color="var(--nj-warn)" aria-hidden style={{ flex: "none", marginTop: 2 }} />
          <Text size="sm">{t("bulk.withoutSchedule")}</Text>
        </Group>
      )}
      <Group justify="flex-end" mt="xs">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          loading={save.isPending}
          disabled={preview.changed.length === 0 || preview.withoutSchedule.length > 0}
          onClick={() => save.mutate(modeOverrides(change))}
        >
          {t("common.apply")}
        </Button>
      </Group>
    </Stack>
  );
}

interface ChangesProps {
  readonly preview: ReturnType<typeof previewModeChange>;
  readonly schedules: readonly Schedule[];
}

function Changes({ preview: { changed, unchangedCount }, schedules }: ChangesProps) {
  const { t } = useTranslation();
  return (
    <>
      {changed.length === 0 && <Text size="sm">{t("bulk.nothing")}</Text>}
      <ScrollArea.Autosize mah={260} type="auto">
        <Table withRowBorders={false} verticalSpacing={4}>
          <Table.Tbody>
            {changed.map(({ camera, from, to }) => (
              <Table.Tr key={camera.id}>
                <Table.Th fw={400}>{camera.name}</Table.Th>
                <Table.Td>
                  {t("bulk.change", { from: modeText(t, from, schedules), to: modeText(t, to, schedules) })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      {changed.length > 0 && unchangedCount > 0 && (
        <Text size="sm" c="dimmed">
          {t("bulk.unchanged", { count: unchangedCount })}
        </Text>
      )}
    </>
  );
}

function modeText(
  t: TFunction,
  { mode, isInherited, scheduleId }: ModeOfCamera,
  schedules: readonly Schedule[],
): string {
  const named = mode === null ? t("common.notKnown") : t(`mode.${mode}`);
  const whole =
    mode === "scheduled"
      ? t("bulk.scheduledBy", { mode: named, schedule: scheduleName(t, scheduleId, schedules) })
      : named;
  return isInherited ? `${whole}, ${t("bulk.inherited")}` : whole;
}

function useApply(cameras: readonly Camera[], onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (recording: ReturnType<typeof modeOverrides>) =>
      call(cameraRoutes.updateMany, { body: { ids: cameras.map(({ id }) => id), changes: { recording } } }),
    onSuccess: ({ cameras: saved }) => {
      for (const camera of saved) applyLiveEvent(client, { type: "camera.changed", camera });
      notifications.show({ color: "green", message: t("bulk.done", { count: saved.length }) });
      onDone();
    },
  });
}
