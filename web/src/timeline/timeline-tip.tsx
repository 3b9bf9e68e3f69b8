import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatClock, formatDay } from "../time/format.ts";
import type { Under } from "./footage.ts";
import classes from "./timeline.module.css";
import type { Hover } from "./timeline-view.ts";

/** What is under the pointer: the time, and footage of which kind or why there is none. */
export function TimelineTip({ hover, zone }: { readonly hover: Hover; readonly zone: string }) {
  const { t, i18n } = useTranslation();
  const { ms, x } = hover;
  return (
    <div
      className={`${classes.tip} nj-figures`}
      style={{ left: `clamp(130px, ${x}px, calc(100% - 130px))` }}
      aria-hidden
    >
      {formatDay(ms, zone, i18n.language)} <strong>{formatClock(ms, zone, i18n.language)}</strong>
      {" · "}
      {describe(t, hover.under)}
    </div>
  );
}

function describe(t: TFunction, under: Under): string {
  switch (under.what) {
    case "footage":
      return t(`kind.${under.span.kind}`);
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
