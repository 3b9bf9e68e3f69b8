import { Alert, Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { storageRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ClockAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { FormError } from "../../shell/form-error.tsx";

/** That nothing is deleted by its age now, why, and the word that the clock is right. `paused` null: it is. */
export function ClockNotice({ paused }: { readonly paused: string | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayConfirm = useHasPermission("system.edit");
  const confirm = useMutation({
    mutationFn: () => call(storageRoutes.confirmClock, {}),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: queryKeys.storage });
      notifications.show({ color: "green", message: t("storage.clockConfirmed") });
    },
  });
  if (paused === null) return null;
  return (
    <Alert color="yellow" variant="light" icon={<ClockAlert size={18} />} title={t("storage.clockTitle")}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t("storage.clockText", { reason: paused })}</Text>
        <FormError error={confirm.error} />
        {mayConfirm && (
          <Button size="compact-sm" variant="default" loading={confirm.isPending} onClick={() => confirm.mutate()}>
            {t("storage.clockConfirm")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
