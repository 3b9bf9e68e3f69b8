import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type ProcessInfo, processTree } from "../e2e/harness/processes.ts";

/** What people record cameras with who have nothing but ffmpeg: one process a camera, its segment muxer, ordinary MP4 files. */
export class PlainFfmpeg {
  readonly folder: string;
  readonly #children: readonly ChildProcess[];

  private constructor(folder: string, children: readonly ChildProcess[]) {
    this.folder = folder;
    this.#children = children;
  }

  /** `codecs`: such as `-c copy`. The files lie in `folder`, which is made. */
  static async start(
    urls: readonly string[],
    options: { folder: string; codecs: readonly string[]; segmentSeconds: number },
  ): Promise<PlainFfmpeg> {
    const { folder, codecs, segmentSeconds } = options;
    await mkdir(folder, { recursive: true });
    const children = urls.map((url, i) => {
      const input = ["-v", "error", "-nostdin", "-rtsp_transport", "tcp", "-i", url];
      // Cut at the clock's multiples, as Nightjar does.
      const cut = ["-segment_time", `${segmentSeconds}`, "-segment_atclocktime", "1", "-reset_timestamps", "1"];
      const file = join(folder, `camera-${i}-%05d.mp4`);
      const output = ["-map", "0", ...codecs, "-f", "segment", "-segment_format", "mp4", ...cut, file];
      return spawn("ffmpeg", [...input, ...output], { stdio: ["ignore", "ignore", "inherit"] });
    });
    return new PlainFfmpeg(folder, children);
  }

  /** Throws when one has ended: it would count as recording for nothing. */
  processes(): ProcessInfo[] {
    const all = this.#children.flatMap(({ pid }) => processTree(pid ?? -1));
    if (all.length !== this.#children.length)
      throw new Error(`${this.#children.length - all.length} of the plain ffmpegs have ended.`);
    return all;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "close");
        child.kill("SIGINT");
        await ended;
      }),
    );
  }
}
