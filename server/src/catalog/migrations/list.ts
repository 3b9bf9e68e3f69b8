import type { Migration } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";
import { foundation } from "./0001-foundation.ts";
import { recording } from "./0002-recording.ts";
import { storage } from "./0003-storage.ts";
import { exports } from "./0004-exports.ts";
import { share } from "./0005-share.ts";
import { outlines } from "./0006-outlines.ts";
import { exportErrors } from "./0007-export-errors.ts";
import { segmentSpans } from "./0008-segment-spans.ts";
import { timelineIndex } from "./0009-timeline-index.ts";

/** All migrations in order. Listed here and not found on the disk, so that what runs is what was reviewed. */
export function migrations(traits: DialectTraits): Record<string, Migration> {
  return {
    "0001-foundation": foundation(traits),
    "0002-recording": recording(traits),
    "0003-storage": storage(traits),
    "0004-exports": exports(traits),
    "0005-share": share(traits),
    "0006-outlines": outlines(traits),
    "0007-export-errors": exportErrors(),
    "0008-segment-spans": segmentSpans(traits),
    "0009-timeline-index": timelineIndex(traits),
  };
}
