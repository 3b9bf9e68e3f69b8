import { ActionIcon, Button, Group, Loader, Text, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { TFunction } from "i18next";
import { LocateFixed, ZoomIn, ZoomOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { errorText } from "../i18n/error-text.ts";
import { formatNumber } from "../i18n/quantities.ts";
import type { Footage } from "./footage.ts";
import classes from "./timeline.module.css";

/** Waiting shorter than this is not worth a word. */
const PATIENCE_MS = 300;

interface TimelineBarProps {
  readonly span: number;
  readonly following: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
  readonly footage: Footage;
  readonly onZoom: (direction: 1 | -1) => void;
  readonly onFollow: () => void;
}

/** Under the band: how much of it is visible, zoom, the way back to the playhead, what the colours mean. */
export function TimelineBar({ span, following, loading, error, footage, onZoom, onFollow }: TimelineBarProps) {
  const { t, i18n } = useTranslation();
  const [waited] = useDebouncedValue(loading, PATIENCE_MS);
  return (
    <Group className={classes.bar ?? ""} gap="xs" wrap="nowrap">
      <Tooltip label={t("timeline.zoomOut")}>
        <ActionIcon aria-label={t("timeline.zoomOut")} onClick={() => onZoom(-1)}>
          <ZoomOut size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("timeline.zoomIn")}>
        <ActionIcon aria-label={t("timeline.zoomIn")} onClick={() => onZoom(1)}>
          <ZoomIn size={16} />
        </ActionIcon>
      </Tooltip>
      <Text size="xs" c="dimmed" className="nj-figures">
        {t("timeline.span", { value: spanText(t, span, i18n.language) })}
      </Text>
      {!following && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<LocateFixed size={12} aria-hidden />}
          onClick={onFollow}
        >
          {t("timeline.follow")}
        </Button>
      )}
      {loading && waited && error === null && (
        <Group gap={6} role="status" wrap="nowrap">
          <Loader size={12} />
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t("timeline.loading")}
          </Text>
        </Group>
      )}
      {error !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert" truncate>
          {t("timeline.failed")}: {errorText(t, error)}
        </Text>
      )}
      <Legend footage={footage} />
    </Group>
  );
}

function Legend({ footage }: { readonly footage: Footage }) {
  const { t } = useTranslation();
  const kinds = [...new Set(footage.recordings.map((span) => span.kind))];
  const hasGap = footage.gaps.some((gap) => gap.wanted);
  const hasIdle = footage.gaps.some((gap) => !gap.wanted);
  return (
    <Group gap="sm" ml="auto" wrap="nowrap" visibleFrom="sm" aria-label={t("timeline.legend")} role="group">
      {kinds.map((kind) => (
        <Group key={kind} gap={6} wrap="nowrap">
          <span className={classes.swatch} style={{ background: `var(--nj-${kind})` }} />
          <Text size="xs" c="dimmed">
            {t(`kind.${kind}`)}
          </Text>
        </Group>
      ))}
      {hasGap && (
        <Group gap={6} wrap="nowrap">
          <span className={`${classes.swatch} ${classes.hatched}`} />
          <Text size="xs" c="dimmed">
            {t("timeline.gap")}
          </Text>
        </Group>
      )}
      {hasIdle && (
        <Group gap={6} wrap="nowrap">
          <span className={`${classes.swatch} ${classes.idle}`} />
          <Text size="xs" c="dimmed">
            {t("timeline.notWanted")}
          </Text>
        </Group>
      )}
    </Group>
  );
}

function spanText(t: TFunction, span: number, language: string): string {
  const seconds = span / 1000;
  const rounded = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  if (seconds < 90) return t("timeline.seconds", { value: formatNumber(rounded(seconds), language) });
  if (seconds < 5400) return t("timeline.minutes", { value: formatNumber(rounded(seconds / 60), language) });
  if (seconds < 129_600) return t("timeline.hours", { value: formatNumber(rounded(seconds / 3600), language) });
  const days = rounded(seconds / 86_400);
  return t("timeline.days", { count: days, value: formatNumber(days, language) });
}
