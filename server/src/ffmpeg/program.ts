import { execa } from "execa";
import { NightjarError } from "../base/error.ts";

const OLDEST = { major: 5, minor: 1 };

const INSTALL_COMMAND = "apt-get install -y ffmpeg";

/** Asks an ffmpeg program for its version. Throws `ffmpeg_missing` with the command that installs it when absent or older than 5.1. */
export async function checkFfmpeg(program: string): Promise<{ version: string }> {
  const answer = await execa(program, ["-hide_banner", "-version"], { reject: false, stdin: "ignore" });
  if (answer.failed) {
    throw new NightjarError(
      "ffmpeg_missing",
      `The program ${program} is missing or cannot be run. Install ffmpeg, for example with: ${INSTALL_COMMAND}`,
      {
        cause: answer.cause,
      },
    );
  }
  const version = /ffmpeg version (\S+)/.exec(answer.stdout)?.[1] ?? "unknown";
  const numbers = /^n?(\d+)\.(\d+)/.exec(version);
  // A build from the repository has no such number; it is newer than what is needed.
  if (numbers !== null && isOlder(Number(numbers[1]), Number(numbers[2]))) {
    throw new NightjarError(
      "ffmpeg_missing",
      `${program} is version ${version}, but ${OLDEST.major}.${OLDEST.minor} or newer is needed.`,
    );
  }
  return { version };
}

function isOlder(major: number, minor: number): boolean {
  return major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
}
