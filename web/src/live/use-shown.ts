import { useEffect, useState } from "react";

/** A page that nobody sees for so long gives its pictures up. */
const HIDDEN_MS = 20_000;

/** Whether an element is on the screen (or nearly), of a page that somebody sees. */
export function useShown(element: HTMLElement | null): boolean {
  const [near, setNear] = useState(false);
  const seen = usePageSeen();
  useEffect(() => {
    if (element === null) return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), {
      rootMargin: "120px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return near && seen;
}

function usePageSeen(): boolean {
  const [seen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    let timer = 0;
    const look = () => {
      window.clearTimeout(timer);
      if (document.hidden) timer = window.setTimeout(() => setSeen(false), HIDDEN_MS);
      else setSeen(true);
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return seen;
}
