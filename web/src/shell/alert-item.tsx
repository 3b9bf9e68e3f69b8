import { Box, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Alert } from "@nightjar/api/alert";
import { alertRoutes } from "@nightjar/api/routes";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { applyLiveEvent } from "../api/apply-live-event.ts";
import { call } from "../api/client.ts";
import { camerasQuery } from "../api/queries.ts";
import { errorText } from "../i18n/error-text.ts";
import { deviceZone } from "../time/device-zone.ts";
import { formatMoment } from "../time/format.ts";

/** One open alert: what, since when, what to do; and the word that somebody has seen it. */
export function AlertItem({ alert }: { readonly alert: Alert }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => call(alertRoutes.acknowledge, { params: { id: alert.id } }),
    onSuccess: (changed) => applyLiveEvent(client, { type: "alert.changed", alert: changed }),
    onError: (error) => notifications.show({ color: "red", title: t("error.title"), message: errorText(t, error) }),
  });
  const since = formatMoment(Date.parse(alert.since), deviceZone(), i18n.language);
  return (
    <Box px="md" py="sm" style={{ borderTop: "1px solid var(--nj-line)" }}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <TriangleAlert size={18} color="var(--nj-warn)" aria-hidden style={{ flex: "none", marginTop: 2 }} />
        <Box style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {t(`alerts.kind.${alert.kind}`)}
          </Text>
          <Text size="xs" c="dimmed" className="nj-figures">
            {t("alerts.since", { time: since })}
          </Text>
          <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
            {alert.message}
          </Text>
          <AllCameras alert={alert} />
          <Text size="sm" c="dimmed" mt={4}>
            {t("alerts.whatToDo", { action: alert.action })}
          </Text>
          {alert.acknowledged_by === null ? (
            <Button
              size="compact-xs"
              variant="default"
              mt="xs"
              loading={acknowledge.isPending}
              onClick={() => acknowledge.mutate()}
            >
              {t("alerts.acknowledge")}
            </Button>
          ) : (
            <Text size="xs" c="dimmed" mt="xs">
              {t("alerts.acknowledged", { name: alert.acknowledged_by })}
            </Text>
          )}
        </Box>
      </Group>
    </Box>
  );
}

/** The message itself names no more cameras than these. */
const NAMED_AT_MOST = 5;

/** Every camera that the alert is about, where the message only counts some of them. */
function AllCameras({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation();
  const { data: cameras = [] } = useQuery(camerasQuery);
  if (alert.camera_ids.length <= NAMED_AT_MOST) return null;
  const names = alert.camera_ids.map((id) => cameras.find((camera) => camera.id === id)?.name ?? String(id));
  return (
    <Text size="sm" component="details" mt={4}>
      <Text size="sm" component="summary" style={{ cursor: "pointer" }}>
        {t("alerts.allCameras", { count: names.length })}
      </Text>
      {names.join(", ")}
    </Text>
  );
}
