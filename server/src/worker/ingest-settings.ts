import type { SecretBox } from "../base/sealed-secret.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import type { IngestSettings } from "./ingest.ts";

/** What the connection to the camera is made with; another one is a new connection. */
export function ingestSettings({ source, audio, ffmpegPath }: WorkerSettings, secretBox: SecretBox): IngestSettings {
  const password = source.passwordSealed === null ? null : secretBox.open(source.passwordSealed);
  const { url, username, transport } = source;
  return { ffmpegPath, audio, source: { url, username, password, transport } };
}
