import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { type DaySpan, SLOT_MINUTES, SLOTS_PER_DAY, WEEKDAYS } from "../../schedules/week.ts";

/** One half hour of the week. */
export interface Place {
  readonly day: number;
  readonly slot: number;
}

interface Painting {
  /** Where the keyboard is; the one cell that Tab reaches. */
  readonly cursor: Place;
  readonly isSelected: (place: Place) => boolean;
  readonly gridRef: React.RefObject<HTMLTableElement | null>;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

const EIGHT = 8 * (60 / SLOT_MINUTES);

/**
 * Selects a rectangle of the week by dragging, or by the arrow keys with Shift, and hands it to `onPaint` when the drag ends or Space is
 * pressed. Escape gives the selection up. `upright`: the days are columns.
 */
export function useWeekPainting(upright: boolean, onPaint: (area: DaySpan[]) => void): Painting {
  const gridRef = useRef<HTMLTableElement>(null);
  const [cursor, setCursor] = useState<Place>({ day: 0, slot: EIGHT });
  const [anchor, setAnchor] = useState<Place | null>(null);
  const [dragging, setDragging] = useState(false);

  const placeAt = (event: PointerEvent): Place => {
    const box = gridRef.current?.getBoundingClientRect();
    const part = (at: number, from = 0, size = 1) => (at - from) / size;
    const across = part(event.clientX, box?.left, box?.width);
    const down = part(event.clientY, box?.top, box?.height);
    const [ofDays, ofSlots] = upright ? [across, down] : [down, across];
    return within({
      day: Math.floor(ofDays * WEEKDAYS.length),
      slot: Math.floor(ofSlots * SLOTS_PER_DAY),
    });
  };
  const focus = (place: Place) => {
    gridRef.current?.querySelector<HTMLElement>(`[data-place="${place.day} ${place.slot}"]`)?.focus();
  };
  const finish = () => {
    setDragging(false);
    setAnchor(null);
  };

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    gridRef.current?.setPointerCapture(event.pointerId);
    const place = placeAt(event);
    setDragging(true);
    setAnchor(place);
    setCursor(place);
    focus(place);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (dragging) setCursor(placeAt(event));
  };
  const onPointerUp = (event: PointerEvent) => {
    if (!dragging || anchor === null) return;
    onPaint(areaOf(anchor, placeAt(event)));
    finish();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = stepOf(event.key, upright, cursor);
    if (step !== null) {
      const next = within({ day: cursor.day + step.day, slot: cursor.slot + step.slot });
      setAnchor(event.shiftKey ? (anchor ?? cursor) : null);
      setCursor(next);
      focus(next);
    } else if (event.key === " " || event.key === "Enter") {
      onPaint(areaOf(anchor ?? cursor, cursor));
      setAnchor(null);
    } else if (event.key === "Escape" && anchor !== null) finish();
    else return;
    event.preventDefault();
  };
  return {
    cursor,
    isSelected: (place) => anchor !== null && isBetween(place, anchor, cursor),
    gridRef,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: finish, onKeyDown },
  };
}

function within({ day, slot }: Place): Place {
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return { day: clamp(day, WEEKDAYS.length), slot: clamp(slot, SLOTS_PER_DAY) };
}

/** Where a key leads, as seen on the screen; Home and End lead to the ends of the day. */
function stepOf(key: string, upright: boolean, { slot }: Place): Place | null {
  const along: Record<string, number> = {
    [upright ? "ArrowDown" : "ArrowRight"]: 1,
    [upright ? "ArrowUp" : "ArrowLeft"]: -1,
    Home: -slot,
    End: SLOTS_PER_DAY - 1 - slot,
  };
  const across: Record<string, number> = {
    [upright ? "ArrowRight" : "ArrowDown"]: 1,
    [upright ? "ArrowLeft" : "ArrowUp"]: -1,
  };
  if (along[key] !== undefined) return { day: 0, slot: along[key] };
  if (across[key] !== undefined) return { day: across[key], slot: 0 };
  return null;
}

function isBetween(place: Place, a: Place, b: Place): boolean {
  const lies = (value: number, one: number, other: number) =>
    value >= Math.min(one, other) && value <= Math.max(one, other);
  return lies(place.day, a.day, b.day) && lies(place.slot, a.slot, b.slot);
}

function areaOf(a: Place, b: Place): DaySpan[] {
  const startMinute = Math.min(a.slot, b.slot) * SLOT_MINUTES;
  const endMinute = (Math.max(a.slot, b.slot) + 1) * SLOT_MINUTES;
  const first = Math.min(a.day, b.day);
  return Array.from({ length: Math.abs(a.day - b.day) + 1 }, (_, i) => ({ day: first + i, startMinute, endMinute }));
}
