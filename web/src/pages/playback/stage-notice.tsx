import { Button } from "@mantine/core";
import { Info } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { PlayerNotice } from "../../player/player-state.ts";
import { formatClock, formatDay } from "../../time/format.ts";
import { dateOf } from "../../time/zone.ts";
import classes from "./playback.module.css";

const SHOWN_MS = 7000;

interface StageNoticeProps {
  readonly notice: PlayerNotice | null;
  readonly zone: string;
  readonly onGone: () => void;
  /** A person wants to know why there was no footage at a time. */
  readonly onWhy: (ms: number) => void;
}

/** A word about where playback went, for some seconds. */
export function StageNotice({ notice, zone, onGone, onWhy }: StageNoticeProps) {
  const { t, i18n } = useTranslation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time runs anew for each notice only
  useEffect(() => {
    if (notice === null) return;
    const timer = window.setTimeout(onGone, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [notice]);
  const textOf = (shown: PlayerNotice) => {
    if (!("toMs" in shown)) return t(`playback.${shown.kind}.${shown.what}`);
    const { kind, fromMs, toMs } = shown;
    const sameDay = dateOf(fromMs, zone) === dateOf(toMs, zone);
    const text = (ms: number) => {
      const clock = formatClock(ms, zone, i18n.language);
      return sameDay ? clock : `${formatDay(ms, zone, i18n.language)} ${clock}`;
    };
    const key = kind === "gap-skipped" ? "playback.gapSkipped" : "playback.noLater";
    return t(key, { from: text(fromMs), to: text(toMs) });
  };
  return (
    <div className={classes.notice} role="status" data-testid="player-notice">
      {notice !== null && (
        <div className={`${classes.pill} nj-figures`}>
          <Info size={16} aria-hidden style={{ flex: "none" }} />
          {textOf(notice)}
          {(notice.kind === "gap-skipped" || notice.kind === "no-later-footage") && (
            <Button size="compact-xs" variant="white" color="dark" onClick={() => onWhy(notice.fromMs)}>
              {t("why.ask")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
