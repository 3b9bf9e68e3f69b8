import type { LiveEvent } from "@nightjar/api/live-event";
import { useEffect, useSyncExternalStore } from "react";
import { applyLiveEvent } from "./apply-live-event.ts";
import { type ConnectionState, LiveConnection } from "./live-connection.ts";
import { meQuery } from "./queries.ts";
import { queryClient } from "./query-client.ts";

const listeners = new Set<(event: LiveEvent) => void>();

const connection = new LiveConnection({
  onEvent: (event) => {
    applyLiveEvent(queryClient, event);
    for (const listener of listeners) listener(event);
  },
  onRefused: () => void queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
});

/** Keeps the event stream open while `signedIn`. Used once, at the root. */
export function useLiveUpdates(signedIn: boolean): void {
  useEffect(() => {
    if (!signedIn) return;
    connection.start();
    return () => connection.close();
  }, [signedIn]);
}

/** How the page stands with the server. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.state);
}

/** Also tells `listener` of every event, after the cache has it. Returns the way to stop. */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
