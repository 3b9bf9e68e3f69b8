import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, systemErrorCode } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import { CAMERA_FILE } from "../../footage/camera-description.ts";
import { type Volume, volumeState } from "../../footage/volume.ts";
import { parseCameraDescription } from "../read-camera-description.ts";
import type { Share } from "./share.ts";

const COPIED_EVERY_MS = 60_000;

export interface LedgerCopiesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly recordings: () => string;
  /** Of the recordings. */
  readonly volume: () => Volume | null;
}

/** A camera's files beside its segments, by their paths in its folder. */
interface Found {
  readonly path: string;
  readonly sizeBytes: number;
  /** Another one whenever it was changed. */
  readonly version: string;
}

/**
 * Copies what lies beside the segments to the share, so that its footage can be taken in by another machine: each camera's `camera.json` and
 * ledger, whenever they have changed, at most once a minute. What lies there of another camera, or is more than what is here, is never written over.
 */
export class LedgerCopies {
  readonly #options: LedgerCopiesOptions;
  /** Versions that are on the share, by path there. */
  #copied = new Map<string, string>();
  #left = new Set<string>();
  #share: Share | null = null;
  #atMs: number | null = null;

  constructor(options: LedgerCopiesOptions) {
    this.#options = options;
  }

  /** Never rejects: what could not be copied is tried again. */
  async copy(share: Share, cameras: readonly { readonly id: number; readonly uuid: string }[]): Promise<void> {
    const { clock, log, volume } = this.#options;
    const isSame = share === this.#share;
    if (isSame && this.#atMs !== null && clock.monotonicMs() - this.#atMs < COPIED_EVERY_MS) return;
    if (!isSame) [this.#copied, this.#left, this.#share] = [new Map(), new Set(), share];
    this.#atMs = clock.monotonicMs();
    try {
      if ((await volumeState(volume())).kind !== "ok") return;
      for (const camera of cameras) await this.#copyOf(share, camera);
    } catch (error) {
      log.warn("ledgers could not be copied to the share; it is tried again", { reason: errorMessage(error) });
    }
  }

  async #copyOf(share: Share, { id, uuid }: { readonly id: number; readonly uuid: string }): Promise<void> {
    const folder = join(this.#options.recordings(), String(id));
    const changed = (await filesBeside(folder)).filter(({ path, version }) => {
      const there = `${id}/${path}`;
      return this.#copied.get(there) !== version && !this.#left.has(there);
    });
    if (changed.length === 0) return;
    const known = parseCameraDescription((await share.readText(`${id}/${CAMERA_FILE}`)) ?? "");
    if (known !== null && known.uuid !== uuid) {
      for (const { path } of changed) this.#leave(`${id}/${path}`, "it is of another camera");
      return;
    }
    const sizes = new Map(
      (await share.list(`${id}/ledger`)).map(({ name, sizeBytes }) => [`ledger/${name}`, sizeBytes]),
    );
    for (const { path, sizeBytes, version } of changed) {
      const there = `${id}/${path}`;
      const presentBytes = sizes.get(path) ?? 0;
      if (presentBytes > sizeBytes) this.#leave(there, "it tells more than the one on the disk");
      // Ledgers only grow: one of the same size is the same.
      else if (presentBytes < sizeBytes) await share.writeText(there, await readFile(join(folder, path), "utf8"));
      this.#copied.set(there, version);
    }
  }

  #leave(path: string, reason: string): void {
    this.#left.add(path);
    this.#options.log.warn("a file on the share is left as it is, and the one on the disk is not copied", {
      path,
      reason,
    });
  }
}

/** None where there is no such folder. */
async function filesBeside(folder: string): Promise<Found[]> {
  const days = await readdir(join(folder, "ledger")).catch(nothingWhereGone);
  const paths = [CAMERA_FILE, ...days.filter((name) => name.endsWith(".jsonl")).map((name) => `ledger/${name}`)];
  const found: Found[] = [];
  for (const path of paths.sort()) {
    const file = await stat(join(folder, path)).catch(() => null);
    if (file?.isFile()) found.push({ path, sizeBytes: file.size, version: `${file.size} ${file.mtimeMs}` });
  }
  return found;
}

function nothingWhereGone(error: unknown): string[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}
