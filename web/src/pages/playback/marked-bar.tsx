import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { FolderDown, LockKeyhole, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useHasPermission } from "../../api/use-session.ts";
import { ButtonLink } from "../../shell/router-links.tsx";
import { formatClock, formatDay } from "../../time/format.ts";
import { dateOf } from "../../time/zone.ts";
import type { Marked } from "../../timeline/draw.ts";
import { durationText } from "../../timeline/span-text.ts";
import { LockDialog } from "./lock-dialog.tsx";
import classes from "./playback.module.css";
import type { LockControl } from "./use-lock-dialog.ts";

interface MarkedBarProps {
  readonly marked: Marked;
  /** The first gives the zone. */
  readonly cameras: readonly [Camera, ...Camera[]];
  readonly lock: LockControl;
  readonly onGo: (ms: number) => void;
  readonly onMark: (change: Partial<Marked>) => void;
}

/** What is marked, in words; each end is the way to it. */
export function MarkedBar({ marked: { inMs, outMs }, cameras, lock, onGo, onMark }: MarkedBarProps) {
  const { t, i18n } = useTranslation();
  const mayExport = useHasPermission("recordings.export");
  const zone = cameras[0].time_zone;
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
      {mayExport && inMs !== null && outMs !== null && outMs > inMs && (
        <ButtonLink
          to="/export"
          search={{
            cameras: cameras.map(({ id }) => id),
            start: new Date(inMs).toISOString(),
            end: new Date(outMs).toISOString(),
          }}
          size="compact-xs"
          variant="light"
          leftSection={<FolderDown size={14} aria-hidden />}
          title={t("export.ofMarksHint")}
        >
          {t("export.ofMarks")}
        </ButtonLink>
      )}
      {lock.isAllowed && inMs !== null && outMs !== null && outMs > inMs && (
        <Tooltip label={t("lock.hint")}>
          <Button
            ml="auto"
            size="compact-xs"
            variant="default"
            leftSection={<LockKeyhole size={14} color="var(--nj-locked)" aria-hidden />}
            onClick={lock.open}
          >
            {t("lock.action")}
          </Button>
        </Tooltip>
      )}
      <Tooltip label={t("playback.clearMarks")}>
        <ActionIcon
          className={classes.clear ?? ""}
          aria-label={t("playback.clearMarks")}
          onClick={() => onMark({ inMs: null, outMs: null })}
        >
          <X size={16} />
        </ActionIcon>
      </Tooltip>
      <LockDialog cameras={cameras} span={lock.span} onClose={lock.close} />
    </Group>
  );
}
