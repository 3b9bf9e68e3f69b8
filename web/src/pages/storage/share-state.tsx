import { Card, Group, Progress, Text } from "@mantine/core";
import type { ShareState } from "@nightjar/api/share";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../i18n/quantities.ts";

/** How the way of footage to the share stands: what waits on the disk, for how long that can go on, and what is wrong. */
export function ShareStateCard({ share }: { readonly share: ShareState }) {
  const { t, i18n } = useTranslation();
  const { address, type, problem, free_percent, size_known, spool } = share;
  const isWell = problem === null && !spool.full;
  const bytes = (count: number) => formatBytes(t, count, i18n.language);
  const word = problem !== null ? "waiting" : type === "local" ? "ended" : spool.full ? "full" : "well";
  const minutes = spool.minutes_left;
  return (
    <Card withBorder padding="md" data-testid="share-state">
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm" style={{ overflowWrap: "anywhere" }}>
          {address}
        </Text>
        <Group gap={6} wrap="nowrap">
          {isWell ? (
            <CircleCheck size={16} color="var(--nj-ok)" aria-hidden />
          ) : (
            <TriangleAlert size={16} color="var(--nj-warn)" aria-hidden />
          )}
          <Text size="sm">{t(`storage.share.state.${word}`)}</Text>
        </Group>
      </Group>
      {free_percent !== null && (
        <Text size="sm" c="dimmed">
          {t("storage.share.free", { percent: Math.round(free_percent) })}
        </Text>
      )}
      {type !== "local" && problem === null && !size_known && (
        <Text size="sm" c="dimmed">
          {t("storage.share.sizeUnknown")}
        </Text>
      )}
      {type !== "local" && (
        <>
          <Progress
            mt="sm"
            size="lg"
            color={spool.full ? "yellow" : "dusk"}
            value={Math.min(100, (100 * spool.size_bytes) / Math.max(1, spool.max_bytes))}
            aria-label={t("storage.share.spool")}
          />
          <Text size="sm" mt={6} className="nj-figures">
            {t("storage.share.waits", {
              count: spool.segments,
              size: bytes(spool.size_bytes),
              max: bytes(spool.max_bytes),
            })}{" "}
            {minutes !== null &&
              t("storage.share.lasts", { hours: Math.floor(minutes / 60), minutes: Math.floor(minutes % 60) })}
          </Text>
        </>
      )}
      {problem !== null && (
        <Text size="sm" mt="xs" c="var(--mantine-color-error)" style={{ overflowWrap: "anywhere" }}>
          {problem.message}
        </Text>
      )}
    </Card>
  );
}
