import type { SharePatch, ShareTest, ShareTestResult } from "@nightjar/api/share";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { SecretBox } from "../../base/sealed-secret.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { endLeftDaemons } from "./rclone-daemon.ts";
import { Share } from "./share.ts";
import type { ShareConnection } from "./share-connection.ts";
import { ShareProblem } from "./share-problem.ts";
import {
  patchedShareSettings,
  readShareSettings,
  type ShareSettings,
  samePlace,
  shareConnection,
} from "./share-settings.ts";
import { requireShareVolume } from "./share-volume.ts";
import { testShare } from "./test-share.ts";

export interface ShareKeeperOptions {
  readonly catalog: Pick<Catalog, "share" | "acrossTenants">;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
  /** The rclone program. */
  readonly rclone: string;
  /** For what rclone needs; for this user only. Nothing is put there while no share is set. */
  readonly folder: string;
}

/** Knows the network share, and changes it. `start()` once, `close()` once. */
export class ShareKeeper {
  readonly #options: ShareKeeperOptions;
  #settings: ShareSettings = readShareSettings({});
  #volume: string | null = null;
  #share: Share | null = null;
  /** Called behind every change. */
  onChanged: () => void = () => {};

  constructor(options: ShareKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { catalog, folder, secretBox } = this.#options;
    await endLeftDaemons(folder);
    const { settings, volume } = await catalog.share.get();
    this.#settings = readShareSettings(settings);
    this.#volume = volume;
    this.#connect(shareConnection(this.#settings, secretBox));
  }

  async close(): Promise<void> {
    await this.#share?.close();
  }

  get settings(): ShareSettings {
    return this.#settings;
  }

  /** New footage goes there. */
  get active(): boolean {
    return this.#settings.type !== "local";
  }

  /** The share to which footage goes, or went before; null: none was ever set. */
  get share(): Share | null {
    return this.#share;
  }

  /** Rejects with `ShareProblem` where it does not answer, or is not the one that it should be. */
  async requireVolume(): Promise<Share> {
    const share = this.#share;
    if (share === null) throw new ShareProblem("failed", "No network share is set.");
    const id = await requireShareVolume(share, this.#volume);
    if (share !== this.#share) throw new ShareProblem("failed", "The share was changed meanwhile.");
    if (id !== this.#volume) await this.#options.catalog.share.setVolume(id);
    this.#volume = id;
    return share;
  }

  /** Throws `invalid_field` where a change cannot be made. */
  requireValid(patch: SharePatch): void {
    patchedShareSettings(this.#settings, patch, this.#options.secretBox);
  }

  /**
   * Takes over other settings, at once. Footage that lies on the share before must be on the one after too, which its marker tells. Throws
   * `invalid_field`.
   */
  async change(patch: SharePatch): Promise<void> {
    const { catalog, secretBox } = this.#options;
    const next = patchedShareSettings(this.#settings, patch, secretBox);
    const before = shareConnection(this.#settings, secretBox);
    const after = shareConnection(next, secretBox);
    const stays = samePlace(before, after) || (await catalog.acrossTenants.hasFootageOnShare());
    const volume = stays ? this.#volume : null;
    await catalog.share.set({ settings: next, volume });
    this.#settings = next;
    this.#volume = volume;
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      const left = this.#share;
      this.#connect(after);
      await left?.close();
    }
    this.onChanged();
  }

  /** Tries a share as it would be after a change, and changes nothing. Throws `invalid_field`. */
  async test(patch: ShareTest): Promise<ShareTestResult> {
    const { secretBox } = this.#options;
    const connection = shareConnection(patchedShareSettings(this.#settings, patch, secretBox), secretBox);
    if (connection === null) throw new ShareProblem("failed", "No network share is set.");
    const share = this.#open(connection);
    try {
      return await testShare(share);
    } finally {
      await share.close();
    }
  }

  #connect(connection: ShareConnection | null): void {
    this.#share = connection === null ? null : this.#open(connection);
  }

  #open(connection: ShareConnection): Share {
    const { rclone: program, folder, clock, log } = this.#options;
    return new Share({ connection, program, folder, clock, log });
  }
}
