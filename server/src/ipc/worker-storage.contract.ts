import type { WorkerStorage } from "./messages.ts";

/** Footage of a test: nothing of it is deleted, and it may be written anywhere. */
export const KEPT_FOR_EVER: WorkerStorage = {
  volume: null,
  thumbnailsVolume: null,
  besideFolders: [],
  retentionMs: 0,
  minimumRetentionMs: 0,
  locks: [],
  clockBelievedMs: null,
  stopBelowBytes: 0,
  held: null,
};
