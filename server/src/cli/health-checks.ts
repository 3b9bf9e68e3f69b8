import { access, constants } from "node:fs/promises";
import { systemClock } from "../base/clock.ts";
import { makeFolder } from "../base/make-folder.ts";
import { sharedAnswer } from "../base/shared-answer.ts";
import type { DataPaths, Settings } from "../config/settings.ts";
import { checkFfmpeg } from "../ffmpeg/program.ts";
import { requireVolume, type Volume } from "../footage/volume.ts";
import type { HealthCheck } from "../http/ports.ts";

/** Asking ffmpeg starts a process: its answer holds for this long. */
const FFMPEG_ANSWER_MS = 60_000;

/** What must be well besides the catalog. */
export function healthChecks(
  settings: Settings,
  paths: DataPaths,
  orders: { readonly volume: Volume | null } = { volume: null },
): HealthCheck[] {
  return [storageCheck(paths, orders), ffmpegCheck(settings.ffmpeg)];
}

function storageCheck(paths: DataPaths, orders: { readonly volume: Volume | null }): HealthCheck {
  return {
    name: "storage",
    essential: true,
    check: sharedAnswer(async () => {
      try {
        await requireVolume(orders.volume);
        if (orders.volume === null) await makeFolder(paths.recordings);
        await access(paths.recordings, constants.W_OK);
        return { ok: true, detail: "The recordings folder can be written." };
      } catch {
        return {
          ok: false,
          detail: "The recordings folder cannot be written. Check its disk and its permissions; the log names it.",
        };
      }
    }),
  };
}

function ffmpegCheck(program: string): HealthCheck {
  let last: { readonly atMs: number; readonly answer: { ok: boolean; detail: string } } | null = null;
  return {
    name: "ffmpeg",
    essential: false,
    async check() {
      const nowMs = systemClock.monotonicMs();
      if (last === null || nowMs - last.atMs > FFMPEG_ANSWER_MS)
        last = { atMs: nowMs, answer: await askFfmpeg(program) };
      return last.answer;
    },
  };
}

async function askFfmpeg(program: string): Promise<{ ok: boolean; detail: string }> {
  try {
    const { version } = await checkFfmpeg(program);
    return { ok: true, detail: `ffmpeg ${version}` };
  } catch {
    return {
      ok: false,
      detail:
        "ffmpeg is missing or too old: nothing can be recorded. Install it, for example with: apt-get install -y ffmpeg",
    };
  }
}
