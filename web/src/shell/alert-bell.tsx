import { ActionIcon, Indicator, Popover, ScrollArea, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Bell, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { openAlertsQuery } from "../api/queries.ts";
import { AlertItem } from "./alert-item.tsx";

/** The open alerts. The figure counts those that nobody has acknowledged. */
export function AlertBell() {
  const { t } = useTranslation();
  const { data: alerts = [] } = useQuery(openAlertsQuery);
  const unseen = alerts.filter((alert) => alert.acknowledged_at === null).length;
  const label = alerts.length === 0 ? t("alerts.title") : t("alerts.open", { count: alerts.length });
  return (
    <Popover width={360} position="bottom-start" withinPortal trapFocus>
      <Indicator label={unseen} disabled={unseen === 0} color="red.8" size={16} offset={7} inline>
        <Popover.Target>
          <ActionIcon size="lg" aria-label={label} title={label}>
            <Bell size={18} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} aria-label={t("alerts.title")}>
        <Title order={2} fz="sm" px="md" py="sm">
          {t("alerts.title")}
        </Title>
        {alerts.length === 0 ? (
          <Stack align="center" gap={4} pb="lg" px="md">
            <CircleCheck size={28} color="var(--nj-ok)" aria-hidden />
            <Text size="sm">{t("alerts.none")}</Text>
            <Text size="xs" c="dimmed">
              {t("alerts.noneHint")}
            </Text>
          </Stack>
        ) : (
          <ScrollArea.Autosize mah="60vh">
            {alerts.map((alert) => (
              <AlertItem key={alert.id} alert={alert} />
            ))}
          </ScrollArea.Autosize>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
