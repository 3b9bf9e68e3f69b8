import type { StorageSettings } from "@nightjar/api/settings";
import type { ShareTest, ShareType, StorageType } from "@nightjar/api/share";

/** The fields of each kind of share, in the order in which they are asked for. */
export const SHARE_FIELDS = {
  nas: ["host", "port", "share", "path", "username", "password"],
  s3: ["endpoint", "region", "bucket", "path", "username", "password"],
  sftp: ["host", "port", "path", "username", "password", "host_key"],
} as const satisfies Record<ShareType, readonly string[]>;
export type ShareField = (typeof SHARE_FIELDS)[ShareType][number];

/** What a form holds: all as typed; an empty password leaves the stored one. */
export interface ShareDraft {
  readonly type: StorageType;
  readonly spoolGb: number | "";
  readonly fields: { readonly [T in ShareType]: Readonly<Partial<Record<ShareField, string>>> };
}

const BUILT_IN: ShareDraft["fields"] = {
  nas: { port: "445" },
  s3: { region: "us-east-1" },
  sftp: { port: "22" },
};

/** What is set. Pure. */
export function shareDraft(storage: StorageSettings): ShareDraft {
  const fieldsOf = (type: ShareType): Partial<Record<ShareField, string>> => {
    const { has_password: _, ...known } = storage[type] ?? { has_password: false };
    const told = Object.entries(known).map(([name, value]) => [name, String(value)]);
    return { ...BUILT_IN[type], ...Object.fromEntries(told), password: "" };
  };
  return {
    type: storage.type,
    spoolGb: storage.spool_max_gb,
    fields: { nas: fieldsOf("nas"), s3: fieldsOf("s3"), sftp: fieldsOf("sftp") },
  };
}

/** A share as the API takes it. Pure. */
export function shareOf(draft: ShareDraft, type: ShareType): ShareTest {
  const typed = draft.fields[type];
  const values = SHARE_FIELDS[type].map((name) => {
    const value = (typed[name] ?? "").trim();
    return [name, name === "port" ? Number(value) : name === "password" ? (typed[name] ?? "") : value];
  });
  return { type, [type]: Object.fromEntries(values) };
}

/** The change that saving makes; null where something is missing. Pure. */
export function shareChange(draft: ShareDraft): object | null {
  if (draft.spoolGb === "") return null;
  const share = draft.type === "local" ? { type: draft.type } : shareOf(draft, draft.type);
  return { ...share, spool_max_gb: draft.spoolGb };
}
