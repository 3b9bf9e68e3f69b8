import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from "mediabunny";
import type { MediaTrack } from "./footage.ts";

/** The tracks as mediabunny sees them, every packet read; throws when it has any complaint. */
export async function readWithMediabunny(file: string): Promise<MediaTrack[]> {
  const complaints: string[] = [];
  const original = { warn: console.warn, error: console.error };
  console.warn = console.error = (...words: unknown[]) => complaints.push(words.join(" "));
  const input = new Input({ source: new FilePathSource(file), formats: ALL_FORMATS });
  try {
    const tracks: MediaTrack[] = [];
    for (const track of await input.getTracks()) {
      let frames = 0;
      for await (const _ of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true }))
        frames++;
      tracks.push({
        type: track.isVideoTrack() ? "video" : "audio",
        codec: track.codec ?? "",
        durationSeconds: (await track.computeDuration()) - (await track.getFirstTimestamp()),
        frames,
      });
    }
    if (complaints.length > 0) throw new Error(`mediabunny complains about ${file}:\n${complaints.join("\n")}`);
    return tracks;
  } finally {
    Object.assign(console, original);
    input.dispose();
  }
}
