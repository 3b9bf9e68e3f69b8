import { type AnnouncedStream, parseStreamLine } from "./stream-line.ts";

/** Gathers what ffmpeg says of its input; what it later says of its output is not mistaken for it. */
export class InputAnnouncement {
  readonly streams: AnnouncedStream[] = [];
  #complete = false;

  take(line: string): void {
    if (line.startsWith("Stream mapping:") || line.startsWith("Output #")) this.#complete = true;
    if (this.#complete) return;
    const stream = parseStreamLine(line);
    if (stream !== null) this.streams.push(stream);
  }

  get video(): Extract<AnnouncedStream, { kind: "video" }> | null {
    return this.streams.find((stream) => stream.kind === "video") ?? null;
  }

  get audio(): Extract<AnnouncedStream, { kind: "audio" }> | null {
    return this.streams.find((stream) => stream.kind === "audio") ?? null;
  }
}
