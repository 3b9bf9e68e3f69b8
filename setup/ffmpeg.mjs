import { dirname, join } from "node:path";
import { runProgram } from "./program.mjs";

const OLDEST = { major: 5, minor: 1 };

/**
 * Looks for ffmpeg and ffprobe. Answers what is wrong, or null.
 * @param {string} ffmpeg program or path; ffprobe is looked for beside it
 * @returns {Promise<{ message: string, found: boolean } | null>} `found`: it is there, but too old
 */
export async function ffmpegProblem(ffmpeg) {
  const ffprobe = ffmpeg.includes("/") ? join(dirname(ffmpeg), "ffprobe") : "ffprobe";
  for (const program of [ffmpeg, ffprobe]) {
    const { code, output } = await runProgram(program, ["-version"]);
    if (code !== 0) return { message: `${program} was not found or does not run.`, found: false };
    if (!isNewEnough(output))
      return { message: `${program} is "${output.split("\n")[0]}"; 5.1 or newer is needed.`, found: true };
  }
  return null;
}

/**
 * Reads the first line of `ffmpeg -version`. Builds from a repository ("N-109741-gbbe95f7353") carry no number and count as new.
 * @param {string} versionText
 */
export function isNewEnough(versionText) {
  const match = /^ff\w+ version (?:n?(\d+)\.(\d+)|N-\d+|git-|\d{4}-\d\d-\d\d)/.exec(versionText);
  if (match === null) return false;
  if (match[1] === undefined) return true;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
