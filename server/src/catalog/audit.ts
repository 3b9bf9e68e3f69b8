import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

export interface AuditInput {
  /** User name, or what acted without one, such as `setup`. */
  readonly actor: string;
  /** `camera.create`, `login.failed`. */
  readonly action: string;
  /** What it was done to, such as `camera 12`. */
  readonly object: string;
  /** JSON texts without secrets; null where there is no before or after. */
  readonly before: string | null;
  readonly after: string | null;
  /** Network address of the caller; null for the server itself. */
  readonly address: string | null;
}

export interface StoredAuditEntry extends AuditInput {
  /** Place in the tenant's chain, from 1 without a hole. */
  readonly sequence: number;
  readonly atMs: number;
  /** SHA-256 of the entry before it, lower-case hexadecimal; 64 zeros in the first. */
  readonly previousHash: string;
}

/** `brokenAt`: the first entry that does not fit the one before it (which was changed or taken away). */
export type AuditVerdict =
  | { readonly whole: true; readonly entries: number }
  | { readonly whole: false; readonly brokenAt: number };

/** The audit of one tenant: it can be added to and read, nothing else; the database itself refuses changes. */
export interface AuditQueries {
  append(input: AuditInput): Promise<StoredAuditEntry>;
  /** Newest first. */
  list(page: PageRequest): Promise<Page<StoredAuditEntry>>;
  /** Reads the whole chain and checks every link. */
  verify(): Promise<AuditVerdict>;
}

const NO_HASH = "0".repeat(64);
const VERIFY_BATCH = 1000;

/** The audit queries of a tenant. */
export function auditQueries(handle: TenantHandle): AuditQueries {
  return {
    append: (input) => handle.transaction((transaction) => append(transaction, input)),
    async list(page) {
      const rows = await handle
        .select("audit")
        .selectAll()
        .where("sequence", "<", cursorPosition(page) ?? Number.MAX_SAFE_INTEGER)
        .orderBy("sequence", "desc")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(stored), page, (entry) => entry.sequence);
    },
    verify: () => verify(handle),
  };
}

/** The lock comes first: two entries at once must not both follow the same one. */
async function append(handle: TenantHandle, input: AuditInput): Promise<StoredAuditEntry> {
  await handle.lockTenant();
  const last = await handle.select("audit").selectAll().orderBy("sequence", "desc").limit(1).executeTakeFirst();
  const row = await handle
    .insert("audit", {
      sequence: last === undefined ? 1 : last.sequence + 1,
      at_ms: handle.clock.nowMs(),
      actor: input.actor,
      action: input.action,
      object: input.object,
      before_json: input.before,
      after_json: input.after,
      address: input.address,
      previous_hash: last === undefined ? NO_HASH : hash(last),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return stored(row);
}

async function verify(handle: TenantHandle): Promise<AuditVerdict> {
  let entries = 0;
  let expectedHash = NO_HASH;
  for (;;) {
    const rows = await handle
      .select("audit")
      .selectAll()
      .where("sequence", ">", entries)
      .orderBy("sequence")
      .limit(VERIFY_BATCH)
      .execute();
    for (const row of rows) {
      entries += 1;
      if (row.sequence !== entries || row.previous_hash !== expectedHash) return { whole: false, brokenAt: entries };
      expectedHash = hash(row);
    }
    if (rows.length < VERIFY_BATCH) return { whole: true, entries };
  }
}

type AuditRow = Selectable<Schema["audit"]>;

/** Over a JSON array of all columns in this order: unambiguous, and easy to compute again with other tools. */
function hash(row: AuditRow): string {
  const fields = [
    row.tenant_id,
    row.sequence,
    row.at_ms,
    row.actor,
    row.action,
    row.object,
    row.before_json,
    row.after_json,
    row.address,
    row.previous_hash,
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}

function stored(row: AuditRow): StoredAuditEntry {
  return {
    sequence: row.sequence,
    atMs: row.at_ms,
    actor: row.actor,
    action: row.action,
    object: row.object,
    before: row.before_json,
    after: row.after_json,
    address: row.address,
    previousHash: row.previous_hash,
  };
}
