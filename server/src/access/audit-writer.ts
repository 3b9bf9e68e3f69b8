import { redact } from "../base/redact.ts";
import type { Catalog } from "../catalog/catalog.ts";

/** One deed, for the audit. `before` and `after` are plain values; secrets in them are masked. */
export interface AuditRecord {
  readonly tenantId: number;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** null: the server itself. */
  readonly address: string | null;
}

export interface AuditWriter {
  /** Appends to the tenant's chain and answers after the commit. */
  write(record: AuditRecord): Promise<void>;
}

const SECRET_KEY = /password|passwd|secret|token|sealed|totp|authorization|cookie/i;

/** The audit writer on a catalog. The catalog keeps the order of the chain, also for entries written at the same moment. */
export function auditWriter(catalog: Catalog): AuditWriter {
  return {
    async write(record) {
      await catalog.tenant(record.tenantId).audit.append({
        actor: redact(record.actor),
        action: record.action,
        object: redact(record.object),
        before: redactedJson(record.before),
        after: redactedJson(record.after),
        address: record.address,
      });
    },
  };
}

/** Masks texts under keys that name a secret, and credentials inside other texts. `has_password: true` stays: it is no text. */
function redactedJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return JSON.stringify(value, (key, part: unknown) => {
    if (typeof part !== "string") return part;
    return SECRET_KEY.test(key) ? "***" : redact(part);
  });
}
