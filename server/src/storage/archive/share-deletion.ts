import type { DeletionPlace } from "../../footage/segment-deleter.ts";
import { requireVolume, type Volume } from "../../footage/volume.ts";
import type { Share } from "./share.ts";
import { shareAddress } from "./share-connection.ts";
import type { ShareKeeper } from "./share-keeper.ts";
import { ShareProblem } from "./share-problem.ts";
import { inspectOnShare, sharePath } from "./share-segment.ts";

/** A camera's segments that lie on the share. `volume`: of the recordings, where the ledger lies. */
export function shareDeletionPlace(keeper: ShareKeeper, cameraId: number, volume: () => Volume | null): DeletionPlace {
  const present = (): Share => {
    if (keeper.share === null) throw new ShareProblem("failed", "No network share is set.");
    return keeper.share;
  };
  return {
    pathOf: (name) => `${shareAddress(present().connection)}/${sharePath(cameraId, name)}`,
    async require() {
      await keeper.requireVolume();
      await requireVolume(volume());
    },
    inspect: (name) => inspectOnShare(present(), sharePath(cameraId, name)),
    remove: (name) => present().remove(sharePath(cameraId, name)),
  };
}
