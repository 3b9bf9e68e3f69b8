import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { WallTime } from "../../player/wall-time.ts";
import { formatClock, formatDate, zoneName } from "../../time/format.ts";
import classes from "./wall-time-text.module.css";

/** The wall time of the picture, in the camera's zone. It changes many times a second, so it is written past React. */
export function WallTimeText({ wallTime, zone }: { readonly wallTime: WallTime | null; readonly zone: string }) {
  const { i18n } = useTranslation();
  const root = useRef<HTMLTimeElement>(null);
  const date = useRef<HTMLSpanElement>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const language = i18n.language;
  useEffect(() => {
    return wallTime?.listen((ms) => {
      if (root.current === null || date.current === null || clock.current === null) return;
      if (ms === null) {
        delete root.current.dataset.wallMs;
        date.current.textContent = "";
        clock.current.textContent = "––:––:––";
        return;
      }
      root.current.dataset.wallMs = String(Math.round(ms));
      setText(date.current, formatDate(ms, zone, language));
      setText(clock.current, `${formatClock(ms, zone, language)} ${zoneName(ms, zone, language)}`);
    });
  }, [wallTime, zone, language]);
  return (
    <time ref={root} className={`${classes.time} nj-figures`} data-testid="wall-time">
      <span ref={date} className={classes.date} /> <span ref={clock}>––:––:––</span>
    </time>
  );
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
