import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WallTime } from "../player/wall-time.ts";
import { formatClock, formatDay, formatMinute, formatMoment, formatMonth } from "../time/format.ts";
import { nowMs } from "../time/now.ts";
import { TIMELINE_PX } from "./draw.ts";
import { withOngoingGap } from "./footage.ts";
import { spanMs, ZOOM_STEP } from "./geometry.ts";
import { listenForGestures } from "./gestures.ts";
import type { Tick } from "./ticks.ts";
import { type Tile, tilesFor } from "./tiles.ts";
import classes from "./timeline.module.css";
import { TimelineBar } from "./timeline-bar.tsx";
import { TimelineTip } from "./timeline-tip.tsx";
import { type Hover, TimelineView } from "./timeline-view.ts";
import { useFootage } from "./use-footage.ts";

/** What keys may do with the timeline. */
export interface TimelineControl {
  readonly zoom: (direction: 1 | -1) => void;
}

interface TimelineProps {
  readonly cameraId: number;
  readonly cameraName: string;
  readonly zone: string;
  readonly wallTime: WallTime;
  /** Visible milliseconds at first. */
  readonly initialSpanMs: number;
  /** The camera does not record now: its last gap goes on. */
  readonly gapGoesOn: boolean;
  readonly onSpan: (spanMs: number) => void;
  readonly onPick: (ms: number) => void;
  /** A click where there is no footage. */
  readonly onGap: (ms: number) => void;
  readonly onScrub: (ms: number) => void;
  readonly controlRef: React.RefObject<TimelineControl | null>;
}

/** The band of a camera's footage under the picture, with its ruler, tooltip and zoom. */
export function Timeline(props: TimelineProps) {
  const { cameraId, cameraName, zone, wallTime, gapGoesOn } = props;
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme("dark");
  const { canvasRef, view, tiles, span, following, hover } = useTimelineView(props);
  const { footage, loading, error } = useFootage(cameraId, tiles, gapGoesOn);
  const shown = useMemo(() => (gapGoesOn ? withOngoingGap(footage, nowMs()) : footage), [footage, gapGoesOn]);
  useEffect(() => {
    const labelOf = (tick: Tick) => tickText(tick, zone, i18n.language);
    view?.setContent({ footage: shown, zone, scheme, labelOf });
  }, [view, shown, zone, scheme, i18n.language]);
  usePlayhead(view, wallTime, zone, i18n.language);
  return (
    <section className={classes.timeline} aria-label={t("timeline.label", { name: cameraName })}>
      <div className={classes.band}>
        <canvas
          ref={canvasRef}
          className={classes.canvas}
          style={{ height: TIMELINE_PX }}
          tabIndex={0}
          role="slider"
          aria-orientation="horizontal"
          aria-valuenow={0}
          aria-label={t("timeline.label", { name: cameraName })}
          data-testid="timeline"
        />
        {hover !== null && <TimelineTip hover={hover} zone={zone} />}
      </div>
      <TimelineBar
        span={span}
        following={following}
        loading={loading}
        error={error}
        footage={shown}
        onZoom={(direction) => view?.zoom(direction === 1 ? 1 / ZOOM_STEP : ZOOM_STEP)}
        onFollow={() => view?.follow()}
      />
    </section>
  );
}

function tickText(tick: Tick, zone: string, language: string): string {
  switch (tick.label) {
    case "second":
      return formatClock(tick.ms, zone, language);
    case "minute":
      return formatMinute(tick.ms, zone, language);
    case "day":
      return formatDay(tick.ms, zone, language);
    case "month":
      return formatMonth(tick.ms, zone, language);
  }
}

/** The canvas's object for as long as the canvas is there, and what React must know of its view. */
function useTimelineView(props: TimelineProps) {
  const latest = useRef(props);
  latest.current = props;
  const [view, setView] = useState<TimelineView | null>(null);
  const [tiles, setTiles] = useState<readonly Tile[]>([]);
  const [span, setSpan] = useState(props.initialSpanMs);
  const [following, setFollowing] = useState(true);
  const [hover, setHover] = useState<Hover | null>(null);
  const canvasRef = useCallback((canvas: HTMLCanvasElement | null) => {
    if (canvas === null) return;
    const created = new TimelineView(canvas, latest.current.initialSpanMs, {
      onHover: setHover,
      onView: (shown, isFollowing) => {
        const wanted = tilesFor(shown.startMs, shown.endMs);
        setTiles((known) => (sameTiles(known, wanted) ? known : wanted));
        setSpan(spanMs(shown));
        setFollowing(isFollowing);
        latest.current.onSpan(spanMs(shown));
      },
    });
    const stop = listenForGestures(created, {
      onPick: (ms) => latest.current.onPick(ms),
      onGap: (ms) => latest.current.onGap(ms),
      onScrub: (ms) => latest.current.onScrub(ms),
    });
    latest.current.controlRef.current = {
      zoom: (direction) => created.zoom(direction === 1 ? 1 / ZOOM_STEP : ZOOM_STEP),
    };
    setView(created);
    return () => {
      stop();
      created.close();
      setView(null);
    };
  }, []);
  return { canvasRef, view, tiles, span, following, hover };
}

function sameTiles(a: readonly Tile[], b: readonly Tile[]): boolean {
  return a.length === b.length && a.every((tile, i) => tile.startMs === b[i]?.startMs && tile.endMs === b[i]?.endMs);
}

/** Moves the playhead with the picture, past React; the words for a screen reader change once a second. */
function usePlayhead(view: TimelineView | null, wallTime: WallTime, zone: string, language: string): void {
  useEffect(() => {
    if (view === null) return;
    let toldSecond = Number.NaN;
    return wallTime.listen((ms) => {
      view.setPlayhead(ms);
      if (ms === null) return;
      const second = Math.floor(ms / 1000);
      if (second === toldSecond) return;
      toldSecond = second;
      const { canvas } = view;
      canvas.setAttribute("aria-valuemin", String(Math.floor(view.view.startMs / 1000)));
      canvas.setAttribute("aria-valuemax", String(Math.ceil(view.view.endMs / 1000)));
      canvas.setAttribute("aria-valuenow", String(second));
      canvas.setAttribute("aria-valuetext", formatMoment(ms, zone, language));
    });
  }, [view, wallTime, zone, language]);
}
