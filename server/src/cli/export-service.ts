import type { Access } from "../access/access.ts";
import { systemClock } from "../base/clock.ts";
import type { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { DataPaths, Settings } from "../config/settings.ts";
import { openSigningKey } from "../evidence/signing-key.ts";
import { ChainSigner } from "../export/chain-signer.ts";
import { estimateExport } from "../export/estimate-export.ts";
import { ExportQueue } from "../export/export-queue.ts";
import type { ExportDeps } from "../export/ports.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import type { ExportService, FootageReader } from "../http/ports.ts";
import type { PlaceKeeper } from "../storage/places/place-keeper.ts";
import { programVersion } from "./version.ts";

export interface ExportParts {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly footage: FootageReader;
  readonly secretBox: SecretBox;
  readonly catalog: Catalog;
  readonly access: Access;
  readonly events: EventHub;
  readonly log: Log;
  readonly places: PlaceKeeper;
}

/** Exports of footage below the recordings folder; whoever asks for it starts and closes its queue. Throws `internal` without its key. */
export async function exportService(
  parts: ExportParts,
): Promise<ExportService & { readonly chainSigner: ChainSigner }> {
  const { settings, paths, footage, secretBox, catalog, access, events, log, places } = parts;
  const signingKey = await openSigningKey(paths.signingKey, secretBox);
  const deps: ExportDeps = {
    ...{ catalog, events, signingKey, clock: systemClock, audit: access.audit, log: log.named("export") },
    get folder() {
      return paths.exports;
    },
    requireVolume: () => places.requireExports(),
    segment: footage.segment,
    reader: new SegmentReader(),
    ffmpeg: settings.ffmpeg,
    version: programVersion(),
  };
  return {
    queue: new ExportQueue(deps),
    chainSigner: new ChainSigner(deps),
    get folder() {
      return paths.exports;
    },
    publicKey: signingKey.publicKey,
    estimate: (cameras, order) => estimateExport(deps, cameras, order),
  };
}
