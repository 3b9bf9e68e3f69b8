import type { AlertKind } from "@nightjar/api/alert";
import type { Kysely, Selectable } from "kysely";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

export interface StoredAlert {
  readonly id: number;
  readonly tenantId: number;
  readonly kind: AlertKind;
  /** Which of its kind; see `AlertKey`. */
  readonly about: string;
  /** Ascending; empty when it is about no camera in particular. */
  readonly cameraIds: readonly number[];
  readonly sinceMs: number;
  /** null: open. */
  readonly untilMs: number | null;
  readonly message: string;
  /** What to do about it. */
  readonly action: string;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAtMs: number | null;
}

/** What an alert is about: at most one is open for each kind and cause. */
export interface AlertKey {
  readonly kind: AlertKind;
  /** The cause that its cameras share, such as `disk_full`; "" where the kind says it all. */
  readonly about: string;
}

export interface AlertInput extends AlertKey {
  readonly cameraIds: readonly number[];
  readonly message: string;
  readonly action: string;
}

/** The alerts of one tenant. */
export interface AlertQueries {
  /**
   * Opens it, or brings cameras and words of the open one up to date; with more cameras it wants to be acknowledged anew. `changed` false: it stood there already, word for word.
   */
  open(input: AlertInput): Promise<{ readonly alert: StoredAlert; readonly changed: boolean }>;
  /** Closes the open one; undefined when none is open. */
  close(key: AlertKey): Promise<StoredAlert | undefined>;
  /** Newest first; `open` true or false selects. */
  list(page: PageRequest, which?: { readonly open?: boolean | undefined }): Promise<Page<StoredAlert>>;
  /** The first to acknowledge stays. undefined: no such alert. */
  acknowledge(id: number, username: string): Promise<StoredAlert | undefined>;
}

/** The alert queries of a tenant. */
export function alertQueries(handle: TenantHandle): AlertQueries {
  return {
    open: (input) => handle.transaction((transaction) => open(transaction, input)),
    async close(key) {
      const row = await handle
        .update("alerts")
        .set({ until_ms: handle.clock.nowMs() })
        .where("subject", "=", subject(key))
        .where("until_ms", "is", null)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : stored(row);
    },
    async list(page, which) {
      const rows = await handle
        .select("alerts")
        .selectAll()
        .where("id", "<", cursorPosition(page) ?? Number.MAX_SAFE_INTEGER)
        .$if(which?.open === true, (query) => query.where("until_ms", "is", null))
        .$if(which?.open === false, (query) => query.where("until_ms", "is not", null))
        .orderBy("id", "desc")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(stored), page, (alert) => alert.id);
    },
    async acknowledge(id, username) {
      await handle
        .update("alerts")
        .set({ acknowledged_by: username, acknowledged_at_ms: handle.clock.nowMs() })
        .where("id", "=", id)
        .where("acknowledged_by", "is", null)
        .execute();
      const row = await handle.select("alerts").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : stored(row);
    },
  };
}

/** The open alerts of every tenant, oldest first. */
export async function openAlerts(db: Kysely<Schema>): Promise<readonly StoredAlert[]> {
  const rows = await db.selectFrom("alerts").selectAll().where("until_ms", "is", null).orderBy("id").execute();
  return rows.map(stored);
}

async function open(handle: TenantHandle, input: AlertInput): Promise<{ alert: StoredAlert; changed: boolean }> {
  await handle.lockTenant();
  const { message, action, kind } = input;
  const camera_ids = JSON.stringify(ascending(input.cameraIds));
  const present = await handle
    .select("alerts")
    .selectAll()
    .where("subject", "=", subject(input))
    .where("until_ms", "is", null)
    .executeTakeFirst();
  if (present?.message === message && present.action === action && present.camera_ids === camera_ids)
    return { alert: stored(present), changed: false };
  const writing =
    present === undefined
      ? handle.insert("alerts", {
          subject: subject(input),
          kind,
          camera_ids,
          since_ms: handle.clock.nowMs(),
          message,
          action,
        })
      : handle
          .update("alerts")
          .set({ camera_ids, message, action, ...(hitsMore(present, input) ? UNACKNOWLEDGED : {}) })
          .where("id", "=", present.id);
  return { alert: stored(await writing.returningAll().executeTakeFirstOrThrow()), changed: true };
}

/** Who acknowledged did not know of the cameras that came later. */
const UNACKNOWLEDGED = { acknowledged_by: null, acknowledged_at_ms: null };

function hitsMore(present: { readonly camera_ids: string }, { cameraIds }: AlertInput): boolean {
  const known = new Set(JSON.parse(present.camera_ids) as number[]);
  return cameraIds.some((id) => !known.has(id));
}

function subject(key: AlertKey): string {
  return `${key.kind}:${key.about}`;
}

function ascending(ids: readonly number[]): readonly number[] {
  return [...ids].sort((a, b) => a - b);
}

function stored(row: Selectable<Schema["alerts"]>): StoredAlert {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    about: row.subject.slice(row.kind.length + 1),
    cameraIds: JSON.parse(row.camera_ids) as number[],
    sinceMs: row.since_ms,
    untilMs: row.until_ms,
    message: row.message,
    action: row.action,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAtMs: row.acknowledged_at_ms,
  };
}
