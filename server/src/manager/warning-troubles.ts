import type { WorkerWarning } from "../ipc/messages.ts";
import type { Trouble } from "./recording-watch.ts";

const WORDS: Readonly<Record<WorkerWarning["kind"], { readonly one: string; readonly many: string }>> = {
  clock_suspect: {
    one: "has footage with a time that may be wrong",
    many: "have footage with times that may be wrong",
  },
  no_sync_sample: { one: "sends too few key frames", many: "send too few key frames" },
  disk_slow: { one: "may lose footage to a slow disk", many: "may lose footage to a slow disk" },
  audio_fallback: {
    one: "is recorded with another audio codec than was set",
    many: "are recorded with another audio codec than was set",
  },
};

/** What a worker warns of, to be told to people: one alert a kind. Pure. */
export function warningTrouble({ kind, message, action }: WorkerWarning): Trouble {
  return { kind, about: "", ...WORDS[kind], reason: message, action };
}
