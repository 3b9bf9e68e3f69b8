import type { Hover, TimelineView } from "./timeline-view.ts";

/** A press that moves less than this is a click. */
const CLICK_PX = 4;
const GRAB_MOUSE_PX = 7;
const GRAB_TOUCH_PX = 22;
const WHEEL_ZOOM = 0.0016;

export interface GestureEvents {
  /** A click on the timeline: play from there. */
  readonly onPick: (at: Hover) => void;
  /** The playhead was let go. */
  readonly onDrop: (ms: number) => void;
  /** The playhead is being dragged. */
  readonly onScrub: (ms: number) => void;
}

type Grip = {
  readonly what: "band" | "playhead";
  readonly pointer: number;
  startX: number;
  lastX: number;
  moved: boolean;
};

/** Mouse, pen, touch and wheel on the timeline: click, drag the band, drag the playhead, wheel and pinch. Returns the way to stop. */
export function listenForGestures(view: TimelineView, events: GestureEvents): () => void {
  const { canvas } = view;
  const stop = new AbortController();
  const { signal } = stop;
  const pointers = new Map<number, number>();
  let grip: Grip | null = null;

  const placeOf = (event: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const xOf = (event: MouseEvent) => placeOf(event).x;
  const isOnPlayhead = (x: number, event: PointerEvent) => {
    const reach = event.pointerType === "mouse" ? GRAB_MOUSE_PX : GRAB_TOUCH_PX;
    return view.playheadX !== null && Math.abs(view.playheadX - x) <= reach;
  };

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const x = xOf(event);
    pointers.set(event.pointerId, x);
    const what = isOnPlayhead(x, event) ? "playhead" : "band";
    grip = pointers.size === 1 ? { what, pointer: event.pointerId, startX: x, lastX: x, moved: false } : null;
  };

  const onMove = (event: PointerEvent) => {
    const x = xOf(event);
    if (event.pointerType === "mouse") {
      view.hover(grip?.moved && grip.what === "band" ? null : placeOf(event));
      canvas.style.cursor = grip?.moved ? "grabbing" : isOnPlayhead(x, event) ? "ew-resize" : "pointer";
    }
    if (pointers.size === 2 && pointers.has(event.pointerId)) return pinch(view, pointers, event.pointerId, x);
    if (grip?.pointer !== event.pointerId) return;
    if (Math.abs(x - grip.startX) > CLICK_PX) grip.moved = true;
    if (!grip.moved) return;
    if (grip.what === "playhead") {
      view.freeze();
      events.onScrub(view.timeAt(x));
    } else view.pan(x - grip.lastX);
    grip.lastX = x;
  };

  const onUp = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    if (grip?.pointer !== event.pointerId) return;
    const { what, moved, lastX } = grip;
    grip = null;
    if (event.type === "pointercancel" && !(moved && what === "playhead")) return;
    if (moved && what === "band") return;
    view.follow();
    if (moved) events.onDrop(view.timeAt(lastX));
    else events.onPick(view.underAt({ ...placeOf(event), x: lastX }));
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (sideways !== 0) view.pan(-sideways);
    else view.zoom(Math.exp(event.deltaY * WHEEL_ZOOM), xOf(event));
  };

  canvas.addEventListener("pointerdown", onDown, { signal });
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("pointerup", onUp, { signal });
  canvas.addEventListener("pointercancel", onUp, { signal });
  canvas.addEventListener("pointerleave", () => view.hover(null), { signal });
  canvas.addEventListener("wheel", onWheel, { signal, passive: false });
  return () => stop.abort();
}

/** Two fingers: what is between them stays between them. */
function pinch(view: TimelineView, pointers: Map<number, number>, moving: number, x: number): void {
  const before = [...pointers.values()];
  pointers.set(moving, x);
  const after = [...pointers.values()];
  const [a = 0, b = 0] = before;
  const [c = 0, d = 0] = after;
  const [distanceBefore, distanceAfter] = [Math.abs(a - b), Math.abs(c - d)];
  if (distanceBefore < 10 || distanceAfter < 10) return;
  view.zoom(distanceBefore / distanceAfter, (c + d) / 2);
}
