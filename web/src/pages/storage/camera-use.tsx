import { Group, Table, Text } from "@mantine/core";
import type { StorageState } from "@nightjar/api/storage";
import { CircleCheck, CircleHelp, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatBytes, formatNumber } from "../../i18n/quantities.ts";
import { spanText } from "../../timeline/span-text.ts";
import classes from "./camera-use.module.css";
import { Section } from "./section.tsx";

type CameraState = StorageState["cameras"][number];

const DAY_MS = 86_400_000;

/** What each camera's footage takes, as a bar beside its figure; since when it is held, how long it will last, and whether that is what was promised. */
export function CameraUse({ state }: { readonly state: StorageState }) {
  const { t, i18n } = useTranslation();
  const bytes = (count: number) => formatBytes(t, count, i18n.language);
  const cameras = [...state.cameras].sort((a, b) => b.size_bytes - a.size_bytes);
  const largest = cameras[0]?.size_bytes ?? 0;
  const total =
    state.max_bytes > 0
      ? t("storage.totalOf", { size: bytes(state.size_bytes), max: bytes(state.max_bytes) })
      : t("storage.total", { size: bytes(state.size_bytes) });
  return (
    <Section title={t("storage.use")} hint={total}>
      {cameras.length === 0 ? (
        <Text size="sm" c="dimmed" py="lg">
          {t("storage.noCameras")}
        </Text>
      ) : (
        <Table className={classes.table ?? ""} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("storage.camera")}</Table.Th>
              <Table.Th className={classes.bars ?? ""}>{t("storage.size")}</Table.Th>
              <Table.Th ta="end">{t("storage.perDay")}</Table.Th>
              <Table.Th ta="end">{t("storage.held")}</Table.Th>
              <Table.Th ta="end">{t("storage.lasts")}</Table.Th>
              <Table.Th>{t("storage.promise")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cameras.map((camera) => (
              <CameraUseRow key={camera.camera_id} camera={camera} largest={largest} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}

function CameraUseRow({ camera, largest }: { readonly camera: CameraState; readonly largest: number }) {
  const { t, i18n } = useTranslation();
  const bytes = (count: number) => formatBytes(t, count, i18n.language);
  const days = (count: number) => spanText(t, count * DAY_MS, i18n.language);
  const { size_bytes, bytes_per_day, days_held, days_to_come, oldest } = camera;
  return (
    <Table.Tr data-testid={`use-${camera.camera_id}`}>
      <Table.Td>
        <Text size="sm" fw={600} component="span">
          {camera.name}
        </Text>
        {camera.removed && (
          <Text size="xs" c="dimmed">
            {t("storage.removed")}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Label text={t("storage.size")} />
        <span className={classes.bar}>
          <span className={classes.track} aria-hidden>
            <span style={{ width: `${(100 * size_bytes) / Math.max(1, largest)}%` }} />
          </span>
          <span className={`${classes.figure} nj-figures`}>{bytes(size_bytes)}</span>
        </span>
      </Table.Td>
      <Figure label={t("storage.perDay")} text={bytes_per_day === null ? "–" : bytes(bytes_per_day)} />
      <Figure label={t("storage.held")} text={oldest === null ? "–" : days(days_held)} />
      <Figure label={t("storage.lasts")} text={days_to_come === null ? "–" : days(days_to_come)} />
      <Table.Td>
        <Label text={t("storage.promise")} />
        <span>
          <Promised days={camera.retention_days} kept={camera.retention_kept} what="retention" />
          {camera.minimum_retention_days > 0 && (
            <Promised days={camera.minimum_retention_days} kept={camera.minimum_retention_kept} what="minimum" />
          )}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

/** On a phone the head of the table is not there. */
function Label({ text }: { readonly text: string }) {
  return (
    <span className={classes.label} aria-hidden>
      {text}
    </span>
  );
}

function Figure({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Table.Td ta="end" className={classes.narrow ?? ""}>
      <Label text={label} />
      <span className="nj-figures">{text}</span>
    </Table.Td>
  );
}

const SIGNS = {
  kept: { Icon: CircleCheck, color: "var(--nj-ok)" },
  short: { Icon: TriangleAlert, color: "var(--nj-warn)" },
  unknown: { Icon: CircleHelp, color: "var(--mantine-color-dimmed)" },
} as const;

interface PromisedProps {
  readonly days: number;
  readonly kept: boolean | null;
  readonly what: "retention" | "minimum";
}

function Promised({ days, kept, what }: PromisedProps) {
  const { t, i18n } = useTranslation();
  if (days === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("storage.untilNeeded")}
      </Text>
    );
  const word = kept === null ? "unknown" : kept ? "kept" : "short";
  const { Icon, color } = SIGNS[word];
  const value = t("unit.days", { count: days, value: formatNumber(days, i18n.language) });
  return (
    <Group gap={6} wrap="nowrap">
      <Icon size={15} color={color} aria-hidden style={{ flex: "none" }} />
      <Text size="sm">{t(`storage.${what}.${word}`, { value })}</Text>
    </Group>
  );
}
