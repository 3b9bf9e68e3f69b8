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
  /** Rejects where it does not answer, or is not the one that it should be. */
  readonly share: () => Promise<Share>;
}

interface Camera {
  readonly id: number;
  readonly uuid: string;
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
  #share: Share | null = null;
  /** By camera, the sizes of what is on the share, by path; null: it is another camera's. */
  #there = new Map<number, Map<string, number> | null>();
  /** Versions that were copied, or left, by camera and path. */
  #done = new Map<string, string>();
  #atMs: number | null = null;
  #running: Promise<void> | null = null;

  constructor(options: LedgerCopiesOptions) {
    this.#options = options;
  }

  /** Copies what is due, one round at a time. Never rejects: what could not be copied is tried again. */
  copy(cameras: readonly Camera[]): Promise<void> {
    const { clock } = this.#options;
    const isDue = this.#atMs === null || clock.monotonicMs() - this.#atMs >= COPIED_EVERY_MS;
    if (this.#running !== null || !isDue) return this.idle();
    this.#atMs = clock.monotonicMs();
    this.#running = this.#round(cameras).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** What is under way is done. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #round(cameras: readonly Camera[]): Promise<void> {
    const { log, volume } = this.#options;
    try {
      if ((await volumeState(volume())).kind !== "ok") return;
      for (const camera of cameras) await this.#copyOf(camera);
    } catch (error) {
      log.warn("ledgers could not be copied to the share; it is tried again", { reason: errorMessage(error) });
    }
  }

  async #copyOf(camera: Camera): Promise<void> {
    const folder = join(this.#options.recordings(), String(camera.id));
    const beside = await filesBeside(folder);
    const isNew = ({ path, version }: Found): boolean => this.#done.get(`${camera.id}/${path}`) !== version;
    if (!beside.some(isNew)) return;
    const share = await this.#options.share();
    if (share !== this.#share) [this.#share, this.#there, this.#done] = [share, new Map(), new Map()];
    const there = await this.#look(share, camera);
    for (const { path, sizeBytes, version } of beside.filter(isNew)) {
      const presentBytes = there?.get(path) ?? 0;
      // Ledgers only grow: one of the same size is the same.
      if (there !== null && presentBytes < sizeBytes) {
        await share.writeText(`${camera.id}/${path}`, await readFile(join(folder, path), "utf8"));
        if (path !== CAMERA_FILE) there.set(path, sizeBytes);
      } else if (presentBytes > sizeBytes)
        this.#options.log.warn("a ledger on the share tells more than the one on the disk; it is left as it is", {
          ...{ camera: camera.id, path },
        });
      this.#done.set(`${camera.id}/${path}`, version);
    }
  }

  async #look(share: Share, { id, uuid }: Camera): Promise<Map<string, number> | null> {
    const looked = this.#there.get(id);
    if (looked !== undefined) return looked;
    const present = parseCameraDescription((await share.readText(`${id}/${CAMERA_FILE}`)) ?? "");
    const isOurs = present === null || present.uuid === uuid;
    const ledger = isOurs ? await share.list(`${id}/ledger`) : [];
    const there = isOurs ? new Map(ledger.map(({ name, sizeBytes }) => [`ledger/${name}`, sizeBytes])) : null;
    this.#there.set(id, there);
    const warning = "the folder on the share is another camera's: this one's ledger is not copied there";
    if (there === null) this.#options.log.warn(warning, { camera: id });
    return there;
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
