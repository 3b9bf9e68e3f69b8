import type { Clock } from "../base/clock.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { AuditWriter } from "./audit-writer.ts";

export interface AccessOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** What the parts of this folder need. */
export interface AccessContext extends AccessOptions {
  readonly audit: AuditWriter;
}
