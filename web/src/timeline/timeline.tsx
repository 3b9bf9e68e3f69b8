import { useComputedColorScheme } from "@mantine/core";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WallTime } from "../player/wall-time.ts";
import { formatClock, formatDay, formatMinute, formatMoment, formatMonth } from "../time/format.ts";
import { nowMs } from "../time/now.ts";
import { timelineHeight } from "./bands.ts";
import type { Marked } from "./draw.ts";
import { NO_FOOTAGE, withOngoingGap } from "./footage.ts";
import { spanMs, ZOOM_STEP } from "./geometry.ts";
import { listenForGestures } from "./gestures.ts";
import type { Tick } from "./ticks.ts";
import { type Tile, tilesFor } from "./tiles.ts";
import classes from "./timeline.module.css";
import { TimelineBar } from "./timeline-bar.tsx";
import { TimelineTip } from "./timeline-tip.tsx";
import { type Hover, TimelineView } from "./timeline-view.ts";
import { type TimelineCamera, useFootage } from "./use-footage.ts";

/** What keys may do with the timeline. */
export interface TimelineControl {
  readonly zoom: (direction: 1 | -1) => void;
  /** Pulls the band by half of what is visible, towards later times for `1`. */
  readonly pan: (direction: 1 | -1) => void;
}

interface TimelineProps {
  /** A band each, one below the other. */
  readonly cameras: readonly TimelineCamera[];
  readonly zone: string;
  readonly wallTime: WallTime;
  readonly marked: Marked;
  /** Visible milliseconds at first. */
  readonly initialSpanMs: number;
  readonly onSpan: (spanMs: number) => void;
  readonly onPick: (ms: number) => void;
  /** A click where there is no footage, nor later, and the cause is known. */
  readonly onLastGap: (cameraId: number, ms: number) => void;
  readonly onScrub: (ms: number) => void;
  readonly controlRef: React.RefObject<TimelineControl | null>;
}

/** A gap that ends nearer than this to now goes on, as far as anybody can know. */
const LAST_GAP_MS = 60_000;

/** The bands of the cameras' footage under the pictures, with their ruler, tooltip and zoom. */
export const Timeline = memo(function Timeline(props: TimelineProps) {
  const { cameras, zone, wallTime, marked } = props;
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme("dark");
  const { canvasRef, view, tiles, span, following, hover } = useTimelineView(props);
  const { footage, loading, error } = useFootage(cameras, tiles);
  const rows = useMemo(
    () =>
      cameras.map(({ name, gapGoesOn }, i) => {
        const known = footage[i] ?? NO_FOOTAGE;
        return { name, footage: gapGoesOn ? withOngoingGap(known, nowMs()) : known };
      }),
    [cameras, footage],
  );
  useEffect(() => {
    const labelOf = (tick: Tick) => tickText(tick, zone, i18n.language);
    view?.setContent({ rows, marked, zone, scheme, labelOf });
  }, [view, rows, marked, zone, scheme, i18n.language]);
  usePlayhead(view, wallTime, zone, i18n.language);
  const label = t("timeline.label", { name: cameras.map(({ name }) => name).join(", ") });
  return (
    <section className={classes.timeline} aria-label={label}>
      <div className={classes.band}>
        <canvas
          ref={canvasRef}
          className={classes.canvas}
          style={{ height: timelineHeight(cameras.length) }}
          tabIndex={0}
          role="slider"
          aria-orientation="horizontal"
          aria-valuenow={0}
          aria-label={label}
          data-testid="timeline"
        />
        {hover !== null && <TimelineTip hover={hover} zone={zone} camera={cameras[hover.row]} />}
      </div>
      <TimelineBar
        span={span}
        following={following}
        loading={loading}
        error={error}
        footage={footage}
        onZoom={(direction) => view?.zoom(direction === 1 ? 1 / ZOOM_STEP : ZOOM_STEP)}
        onFollow={() => view?.follow()}
      />
    </section>
  );
});

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
      onPick: ({ ms, row, under }) => {
        const camera = latest.current.cameras[row];
        const reachesNow = under.what === "gap" && under.span.endMs > nowMs() - LAST_GAP_MS;
        const isLastGap = reachesNow && !created.hasFootageAfter(row, ms);
        if (isLastGap && camera !== undefined) latest.current.onLastGap(camera.id, ms);
        else latest.current.onPick(ms);
      },
      onDrop: (ms) => latest.current.onPick(ms),
      onScrub: (ms) => latest.current.onScrub(ms),
    });
    latest.current.controlRef.current = {
      zoom: (direction) => created.zoom(direction === 1 ? 1 / ZOOM_STEP : ZOOM_STEP),
      pan: (direction) => created.pan((-direction * created.view.widthPx) / 2),
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
