import { useState } from "react";
import { useMe } from "../../api/use-session.ts";
import { type Layout, type LayoutChoice, parseChoice, type SavedLayout } from "./layouts.ts";

export interface LayoutActions {
  readonly choice: LayoutChoice;
  show(layout: Layout | null): void;
  /** Keeps what is shown under a name, in place of what had it before. */
  save(layout: SavedLayout): void;
  remove(name: string): void;
}

/** The person's layouts, kept in this browser: which screen stands where is a matter of the device. */
export function useLayout(): LayoutActions {
  const key = `nightjar.live.${useMe()?.id ?? 0}`;
  const [choice, setChoice] = useState(() => parseChoice(localStorage.getItem(key)));
  const change = (next: LayoutChoice): void => {
    setChoice(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  const others = (name: string) => choice.saved.filter((one) => one.name !== name);
  return {
    choice,
    show: (current) => change({ ...choice, current }),
    save: (layout) => {
      const { size, cameras } = layout;
      change({ current: { size, cameras }, saved: [...others(layout.name), layout] });
    },
    remove: (name) => change({ ...choice, saved: others(name) }),
  };
}
