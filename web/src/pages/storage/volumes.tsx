import { Card, Group, Progress, SimpleGrid, Text } from "@mantine/core";
import type { StorageState } from "@nightjar/api/storage";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../i18n/quantities.ts";
import { Section } from "./section.tsx";

type Volume = StorageState["volumes"][number];

/** The places of footage: whether each is the one it should be, and how full it is. Customers see none. */
export function Volumes({ volumes }: { readonly volumes: readonly Volume[] }) {
  const { t } = useTranslation();
  if (volumes.length === 0) return null;
  return (
    <Section title={t("storage.places")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {volumes.map((volume) => (
          <VolumeCard key={volume.name} volume={volume} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

function VolumeCard({ volume }: { readonly volume: Volume }) {
  const { t, i18n } = useTranslation();
  const { name, path, state, problem, size_bytes, free_bytes, low_space } = volume;
  const isWell = state === "ok" && !low_space;
  const word = state === "ok" && low_space ? "low" : state;
  const bytes = (count: number) => formatBytes(t, count, i18n.language);
  const label = name === "recordings" || name === "exports" ? t(`storage.place.${name}`) : name;
  return (
    <Card withBorder padding="md" data-testid={`volume-${name}`}>
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm">
          {label}
        </Text>
        <Group gap={6} wrap="nowrap">
          {isWell ? (
            <CircleCheck size={16} color="var(--nj-ok)" aria-hidden />
          ) : (
            <TriangleAlert size={16} color="var(--nj-warn)" aria-hidden />
          )}
          <Text size="sm">{t(`storage.volume.${word}`)}</Text>
        </Group>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {path}
      </Text>
      {size_bytes !== null && free_bytes !== null && (
        <>
          <Progress
            mt="sm"
            size="lg"
            color={low_space ? "yellow" : "dusk"}
            value={(100 * (size_bytes - free_bytes)) / Math.max(1, size_bytes)}
            aria-label={t("storage.used", { name: label })}
          />
          <Text size="sm" mt={6} className="nj-figures">
            {t("storage.free", { free: bytes(free_bytes), size: bytes(size_bytes) })}
          </Text>
        </>
      )}
      {problem !== null && (
        <Text size="sm" mt="xs" c="var(--mantine-color-error)" style={{ overflowWrap: "anywhere" }}>
          {problem}
        </Text>
      )}
    </Card>
  );
}
