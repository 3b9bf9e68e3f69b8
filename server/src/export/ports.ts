import type { AuditWriter } from "../access/audit-writer.ts";
import type { Clock } from "../base/clock.ts";
import type { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { SigningKey } from "../evidence/signing-key.ts";
import type { SegmentReader } from "../footage/segment-reader.ts";
import type { SegmentPlace } from "./source-segment.ts";

/** What the making of exports uses; it owns none of it. */
export interface ExportDeps {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditWriter;
  readonly events: EventHub;
  /** Folder of the exports; made when it is missing. */
  readonly folder: string;
  /** Rejects with `VolumeMissing` where another disk is in the place of that folder, or none: there exports are neither written nor removed. */
  readonly requireVolume: () => Promise<void>;
  readonly segment: SegmentPlace;
  readonly reader: SegmentReader;
  readonly ffmpeg: string;
  readonly signingKey: SigningKey;
  readonly version: string;
}
