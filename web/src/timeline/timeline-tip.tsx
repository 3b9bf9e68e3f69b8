import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatClock, formatDay } from "../time/format.ts";
import type { Under } from "./footage.ts";
import { Thumbnail } from "./thumbnail.tsx";
import classes from "./timeline.module.css";
import type { Hover } from "./timeline-view.ts";
import type { TimelineCamera } from "./use-footage.ts";

const THUMBNAIL_PX = 200;

interface TimelineTipProps {
  readonly hover: Hover;
  readonly zone: string;
  readonly camera: TimelineCamera | undefined;
}

/** What is under the pointer: the picture, the time, and footage of which kind or why there is none. */
export function TimelineTip({ hover, zone, camera }: TimelineTipProps) {
  const { t, i18n } = useTranslation();
  const { ms, x } = hover;
  return (
    <div
      className={`${classes.tip} nj-figures`}
      style={{ left: `clamp(130px, ${x}px, calc(100% - 130px))` }}
      aria-hidden
    >
      {hover.under.what === "footage" && camera !== undefined && (
        <Thumbnail key={camera.id} cameraId={camera.id} ms={ms} width={THUMBNAIL_PX} className={classes.thumbnail} />
      )}
      {formatDay(ms, zone, i18n.language)} <strong>{formatClock(ms, zone, i18n.language)}</strong>
      {" · "}
      {describe(t, hover.under)}
    </div>
  );
}

function describe(t: TFunction, under: Under): string {
  switch (under.what) {
    case "footage": {
      const kind = t(`kind.${under.span.kind}`);
      return under.lock === null ? kind : `${kind} · ${t("lock.locked", { reason: under.lock.reason })}`;
    }
    case "gap":
      return under.span.wanted
        ? `${t("timeline.gap")}: ${t(`cause.${under.span.cause}`)}`
        : t(`cause.${under.span.cause}`);
    case "future":
      return t("timeline.future");
    case "nothing":
      return t("timeline.nothing");
  }
}
