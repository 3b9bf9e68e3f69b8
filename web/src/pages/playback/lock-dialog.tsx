import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import { lockRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../../api/apply-live-event.ts";
import { call } from "../../api/client.ts";
import { FormError } from "../../shell/form-error.tsx";
import { formatMoment } from "../../time/format.ts";
import { nowMs } from "../../time/now.ts";
import { durationText } from "../../timeline/span-text.ts";
import type { LockableSpan } from "./use-lock-dialog.ts";

const DAY_MS = 86_400_000;
const EXPIRIES_DAYS = [30, 90, 365] as const;
const FOR_EVER = "";

interface LockDialogProps {
  readonly cameras: readonly [Camera, ...Camera[]];
  /** null: closed. */
  readonly span: LockableSpan | null;
  readonly onClose: () => void;
}

/** Locks the marked span of the cameras that are shown: why, and for how long. */
export function LockDialog({ cameras, span, onClose }: LockDialogProps) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [days, setDays] = useState(FOR_EVER);
  // While the dialog fades out it still shows what it was about.
  const last = useRef(span);
  if (span !== null) last.current = span;
  const { startMs, endMs } = last.current ?? { startMs: 0, endMs: 0 };
  const create = useMutation({
    mutationFn: () =>
      call(lockRoutes.create, {
        body: {
          camera_ids: cameras.map(({ id }) => id),
          start: new Date(startMs).toISOString(),
          end: new Date(endMs).toISOString(),
          reason,
          expires_at: days === FOR_EVER ? null : new Date(nowMs() + Number(days) * DAY_MS).toISOString(),
        },
      }),
    onSuccess: ({ camera_ids }) => {
      applyLiveEvent(client, { type: "locks.changed", camera_ids });
      notifications.show({ color: "green", message: t("lock.done") });
      setReason("");
      onClose();
    },
  });
  const close = () => {
    create.reset();
    onClose();
  };
  const expiries = EXPIRIES_DAYS.map((count) => ({ value: String(count), label: t("lock.forDays", { count }) }));
  return (
    <Modal
      opened={span !== null}
      onClose={close}
      title={t("lock.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== "") create.mutate();
        }}
      >
        <Stack>
          <FormError error={create.error} />
          <Text size="sm" className="nj-figures">
            {cameras.map(({ name }) => name).join(", ")} · {formatMoment(startMs, cameras[0].time_zone, i18n.language)}{" "}
            · {durationText(t, endMs - startMs, i18n.language)}
          </Text>
          <Text size="sm">{t("lock.text")}</Text>
          <TextInput
            label={t("lock.reason")}
            placeholder={t("lock.reasonHint")}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
          <NativeSelect
            label={t("lock.expiry")}
            data={[{ value: FOR_EVER, label: t("lock.forEver") }, ...expiries]}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={close}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={reason.trim() === ""}>
              {t("lock.confirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
