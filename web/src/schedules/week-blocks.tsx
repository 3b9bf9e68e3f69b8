import type { ScheduleWindow } from "@nightjar/api/schedule";
import type { CSSProperties } from "react";
import { DAY_MINUTES, type DayPiece, dayPieces, type WindowMode } from "./week.ts";
import classes from "./week-blocks.module.css";

interface WeekBlocksProps {
  readonly windows: readonly ScheduleWindow[];
  /** Where a piece lies in the box that holds the blocks. */
  readonly place: (piece: DayPiece) => CSSProperties;
}

/** What the windows want as coloured blocks, exact to the minute; continuous is solid, motion is striped. Only for the eye. */
export function WeekBlocks({ windows, place }: WeekBlocksProps) {
  // Continuous wins where windows overlap, so it is drawn last; what several windows ask for is drawn once.
  const pieces = dayPieces(windows).sort((a, b) => b.mode.localeCompare(a.mode));
  const byPlace = new Map(pieces.map((piece) => [Object.values(piece).join(" "), piece]));
  return [...byPlace].map(([key, piece]) => (
    <span key={key} className={classes.block} data-mode={piece.mode} style={place(piece)} aria-hidden />
  ));
}

/** A small sample of what a window's mode looks like; words stand beside it. */
export function WindowSwatch({ mode }: { readonly mode: WindowMode }) {
  return <span className={`${classes.block} ${classes.swatch}`} data-mode={mode} aria-hidden />;
}

/** How far into its day a piece begins and how much of the day it takes, in percent. */
export function extentOf({ startMinute, endMinute }: DayPiece): { from: string; size: string } {
  const percent = (minutes: number) => `${(minutes / DAY_MINUTES) * 100}%`;
  return { from: percent(startMinute), size: percent(endMinute - startMinute) };
}
