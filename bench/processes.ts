import { readFileSync } from "node:fs";
import { type ProcessInfo, pssBytes } from "../e2e/harness/processes.ts";

/** Linux tells CPU times in hundredths of a second, whatever its own clock (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** The kinds of process a recorder consists of. */
export const KINDS = ["server", "worker", "ffmpeg"] as const;
export type ProcessKind = (typeof KINDS)[number];

export type Usage = Readonly<Record<ProcessKind, number>>;

/** What a process of a recorder is, by its command line. */
function kindOf({ arguments: words }: ProcessInfo): ProcessKind {
  if (/ worker --settings /.test(words)) return "worker";
  return / serve$/.test(words) ? "server" : "ffmpeg";
}

/** A decoder of thumbnails, which lives for a moment. */
export function decodesPictures({ arguments: words }: ProcessInfo): boolean {
  return / mjpeg /.test(words);
}

/**
 * CPU seconds since their starts that processes and their ended children have used. A child's time counts for its parent once it has
 * ended, so that the difference of two readings of a tree holds everything that ran in between, also what was started and ended again.
 */
export function cpuSeconds(processes: readonly ProcessInfo[]): Usage {
  return sumByKind(processes, ({ pid }) => {
    // proc(5): utime, stime, cutime and cstime are the fields 14 to 17; the name, field 2, stands in parentheses and may hold anything.
    const [, rest = ""] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "latin1")) ?? [];
    const ticks = rest.split(" ").slice(11, 15);
    return ticks.reduce((sum, value) => sum + Number(value), 0) / TICKS_PER_SECOND;
  });
}

/** Memory in use, as the sum of the proportional set sizes. */
export function memoryBytes(processes: readonly ProcessInfo[]): Usage {
  return sumByKind(processes, pssBytes);
}

/** `after - before`, kind by kind. */
export function difference(after: Usage, before: Usage): Usage {
  return byKind((kind) => after[kind] - before[kind]);
}

export function total(usage: Usage): number {
  return KINDS.reduce((sum, kind) => sum + usage[kind], 0);
}

function sumByKind(processes: readonly ProcessInfo[], read: (process: ProcessInfo) => number): Usage {
  return byKind((kind) =>
    processes.filter((process) => kindOf(process) === kind).reduce((sum, process) => sum + read(process), 0),
  );
}

function byKind(read: (kind: ProcessKind) => number): Usage {
  return { server: read("server"), worker: read("worker"), ffmpeg: read("ffmpeg") };
}
