import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { silentLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { Share } from "../storage/archive/share.ts";
import { ShareProblem } from "../storage/archive/share-problem.ts";
import { readShareSettings, shareConnection } from "../storage/archive/share-settings.ts";
import { confirmShareVolume } from "../storage/archive/share-volume.ts";
import { AskedShare } from "../storage/check/asked-share.ts";

export interface ShareParts {
  readonly catalog: Pick<Catalog, "share">;
  readonly keyFile: string;
  /** The rclone program. */
  readonly rclone: string;
}

/** Lets the network share be asked, beside a running server too; ends the connection behind it. Nothing is written there. */
export async function withAskedShare<T>(parts: ShareParts, use: (share: AskedShare) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "nightjar-check-"));
  let opened = null as Share | null;
  const open = async (): Promise<Share> => {
    const { settings, volume } = await parts.catalog.share.get();
    // It would be made anew.
    await access(parts.keyFile);
    const connection = shareConnection(readShareSettings(settings), await openSecretBox(parts.keyFile));
    if (connection === null) throw new ShareProblem("failed", "No network share is set.");
    opened = new Share({ connection, program: parts.rclone, folder, clock: systemClock, log: silentLog });
    await confirmShareVolume(opened, volume);
    return opened;
  };
  try {
    return await use(new AskedShare(open));
  } finally {
    await opened?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
