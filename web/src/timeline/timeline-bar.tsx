import { ActionIcon, Button, Group, Loader, Text, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { LocateFixed, LockKeyhole, ZoomIn, ZoomOut } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../i18n/error-text.ts";
import type { Footage } from "./footage.ts";
import { spanText } from "./span-text.ts";
import classes from "./timeline.module.css";

/** Waiting shorter than this is not worth a word. */
const PATIENCE_MS = 300;

interface TimelineBarProps {
  readonly span: number;
  readonly following: boolean;
  readonly loading: boolean;
  readonly error: Error | null;
  readonly footage: readonly Footage[];
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

function Legend({ footage }: { readonly footage: readonly Footage[] }) {
  const { t } = useTranslation();
  const { kinds, hasGap, hasIdle, hasLock } = useMemo(
    () => ({
      kinds: [...new Set(footage.flatMap(({ recordings }) => recordings.map((span) => span.kind)))],
      hasGap: footage.some(({ gaps }) => gaps.some((gap) => gap.wanted)),
      hasLock: footage.some(({ locks }) => locks.length > 0),
      hasIdle: footage.some(({ gaps }) => gaps.some((gap) => !gap.wanted)),
    }),
    [footage],
  );
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
      {hasLock && (
        <Group gap={6} wrap="nowrap">
          <LockKeyhole size={12} color="var(--nj-locked)" aria-hidden />
          <Text size="xs" c="dimmed">
            {t("timeline.locked")}
          </Text>
        </Group>
      )}
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
