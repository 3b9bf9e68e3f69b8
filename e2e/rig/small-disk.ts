import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { waitFor } from "../harness/wait.ts";
import { PYTHON, runTool } from "./tool.ts";

/** No test leaves a disk frozen for longer than this, however it ends: whoever touches a frozen disk hangs. */
const LONGEST_FREEZE_SECONDS = 60;
const LET_GO_WITHIN_MS = 5000;

/**
 * FS_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/fs/ext4/ext4.h): from then on ext4 writes nothing more, not even its journal, so
 * that the disk holds what was synced and what the kernel had happened to write. Prints when, in seconds.
 */
const SHUT_DOWN = `
import fcntl, os, struct, sys, time
folder = os.open(sys.argv[1], os.O_RDONLY)
now = time.time()
fcntl.ioctl(folder, 0x8004587D, struct.pack("I", 2))
print(now)
`;

/** A real file system of its own, mounted on a folder. */
export interface SmallDisk {
  readonly folder: string;
  unmount(): Promise<void>;
}

/** A disk in memory that is full after so many megabytes (of 2^20 bytes). */
export async function mountTmpfs(folder: string, sizeMb: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  await runTool("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "nightjar-e2e", folder]);
  return { folder, unmount: () => unmount(folder) };
}

/** An ext4 disk in a file: one that can stop answering, or fail. */
export class LoopDisk implements SmallDisk {
  readonly folder: string;
  readonly #image: string;
  #thawsLater: ChildProcess | null = null;

  private constructor(folder: string, image: string) {
    this.folder = folder;
    this.#image = image;
  }

  static async mount(folder: string, sizeMb: number): Promise<LoopDisk> {
    const image = `${folder}.ext4`;
    await mkdir(folder, { recursive: true });
    await writeFile(image, "");
    await truncate(image, sizeMb * 1024 * 1024);
    await runTool("mkfs.ext4", ["-q", "-F", image]);
    const disk = new LoopDisk(folder, image);
    await disk.#mount();
    return disk;
  }

  /** Whoever writes to it waits until `thaw`. */
  async freeze(): Promise<void> {
    await runTool("fsfreeze", ["--freeze", this.folder]);
    const thawLater = `sleep ${LONGEST_FREEZE_SECONDS}; fsfreeze --unfreeze "$1"`;
    this.#thawsLater = spawn("sh", ["-c", thawLater, "thaw", this.folder], { detached: true, stdio: "ignore" });
    this.#thawsLater.unref();
  }

  async thaw(): Promise<void> {
    const { pid } = this.#thawsLater ?? {};
    // Its whole group: the shell and what it waits for.
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
    await runTool("fsfreeze", ["--unfreeze", this.folder]);
  }

  /** What the kernel does when a disk has errors: from now on it is read-only, also for whoever has files open on it. */
  async failToReadOnly(): Promise<void> {
    await runTool("mount", ["-o", "remount,abort", this.folder]);
  }

  /**
   * To the disk, what a power cut is; answers its wall time in milliseconds. Whoever has files open on it gets errors from now on: kill them
   * and `remount`.
   */
  async cutPower(): Promise<number> {
    const { stdout } = await runTool(PYTHON, ["-c", SHUT_DOWN, this.folder]);
    return Math.round(Number(stdout.toString()) * 1000);
  }

  /** As after a repair: mounted anew, for reading and writing. */
  async remount(): Promise<void> {
    await unmount(this.folder);
    await runTool("fsck.ext4", ["-p", this.#image]).catch(() => {
      // It answers 1 when it has mended something.
    });
    await this.#mount();
  }

  /** Gone from its folder at once; who has files open on it can still write to these. */
  async takeAway(): Promise<void> {
    await runTool("umount", ["--lazy", this.folder]);
  }

  /** Mounted again, after `takeAway`, as soon as nobody has a file open on it any more. */
  async bringBack(): Promise<void> {
    const isFree = async () => (await runTool("losetup", ["--associated", this.#image])).stdout.length === 0;
    await waitFor(`${this.#image} to be let go of`, isFree, { withinMs: LET_GO_WITHIN_MS });
    await this.#mount();
  }

  async unmount(): Promise<void> {
    await unmount(this.folder);
    await rm(this.#image);
  }

  async #mount(): Promise<void> {
    await runTool("mount", ["-o", "loop", this.#image, this.folder]);
  }
}

async function unmount(folder: string): Promise<void> {
  // Not lazily: what still had files open on it would go on writing to a disk that nobody sees. Processes that have just been killed let
  // go of their files a moment later.
  let refusal = "";
  const isUnmounted = () =>
    runTool("umount", [folder]).then(
      () => true,
      (error: Error) => {
        refusal = error.message;
      },
    );
  await waitFor(`${folder} to be unmounted`, isUnmounted, { withinMs: LET_GO_WITHIN_MS, onTimeout: () => refusal });
}
