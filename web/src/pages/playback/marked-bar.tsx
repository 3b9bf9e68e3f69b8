import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatClock, formatDay } from "../../time/format.ts";
import { dateOf } from "../../time/zone.ts";
import type { Marked } from "../../timeline/draw.ts";
import { durationText } from "../../timeline/span-text.ts";
import classes from "./playback.module.css";

interface MarkedBarProps {
  readonly marked: Marked;
  readonly zone: string;
  readonly onGo: (ms: number) => void;
  readonly onMark: (change: Partial<Marked>) => void;
}

/** What is marked, in words; each end is the way to it. */
export function MarkedBar({ marked: { inMs, outMs }, zone, onGo, onMark }: MarkedBarProps) {
  const { t, i18n } = useTranslation();
  if (inMs === null && outMs === null) return null;
  const sameDay = inMs !== null && outMs !== null && dateOf(inMs, zone) === dateOf(outMs, zone);
  const text = (ms: number) => {
    const clock = formatClock(ms, zone, i18n.language);
    return sameDay ? clock : `${formatDay(ms, zone, i18n.language)} ${clock}`;
  };
  const end = (label: string, ms: number | null) =>
    ms !== null && (
      <Button size="compact-xs" variant="subtle" onClick={() => onGo(ms)}>
        {label} {text(ms)}
      </Button>
    );
  const order =
    inMs === null || outMs === null
      ? null
      : outMs > inMs
        ? durationText(t, outMs - inMs, i18n.language)
        : t("playback.outBeforeIn");
  return (
    <Group className={`${classes.marked} nj-figures`} gap={6} role="group" aria-label={t("playback.marked")}>
      <Text size="xs" c="dimmed">
        {t("playback.marked")}
      </Text>
      {end(t("playback.in"), inMs)}
      {end(t("playback.out"), outMs)}
      {order !== null && <Text size="xs">{order}</Text>}
      <Tooltip label={t("playback.clearMarks")}>
        <ActionIcon ml="auto" aria-label={t("playback.clearMarks")} onClick={() => onMark({ inMs: null, outMs: null })}>
          <X size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
