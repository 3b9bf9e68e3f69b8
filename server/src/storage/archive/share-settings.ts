import type { NasSettings, S3Settings, SftpSettings, SharePatch, ShareType, StorageType } from "@nightjar/api/share";
import type { SecretBox } from "../../base/sealed-secret.ts";
import { invalidField } from "../../catalog/invalid-field.ts";
import { mergePatch } from "../../recording/storage-settings.ts";
import type { ShareConnection } from "./share-connection.ts";

type Stored<T> = Omit<T, "has_password"> & { readonly passwordSealed: string | null };

/** What is set, as the catalog keeps it. */
export interface ShareSettings {
  readonly type: StorageType;
  /** Which share footage went to last; it is there while `type` is local again. null: to none yet. */
  readonly last: ShareType | null;
  readonly nas: Stored<NasSettings> | null;
  readonly s3: Stored<S3Settings> | null;
  readonly sftp: Stored<SftpSettings> | null;
}

const BUILT_IN: {
  readonly nas: Stored<NasSettings>;
  readonly s3: Stored<S3Settings>;
  readonly sftp: Stored<SftpSettings>;
} = {
  nas: { host: "", port: 445, share: "", path: "", username: "", passwordSealed: null },
  s3: { endpoint: "", region: "us-east-1", bucket: "", path: "", username: "", passwordSealed: null },
  sftp: { host: "", port: 22, path: "", username: "", host_key: "", passwordSealed: null },
};

/** As the catalog has it. */
export function readShareSettings(stored: unknown): ShareSettings {
  return { type: "local", last: null, nas: null, s3: null, sftp: null, ...(stored as Partial<ShareSettings>) };
}

/** What the API tells of them: no passwords. Pure. */
export function shareSettingsToWire({ type, nas, s3, sftp }: ShareSettings): {
  readonly type: StorageType;
  readonly nas: NasSettings | null;
  readonly s3: S3Settings | null;
  readonly sftp: SftpSettings | null;
} {
  return { type, nas: nas && told(nas), s3: s3 && told(s3), sftp: sftp && told(sftp) };
}

function told<T extends { readonly passwordSealed: string | null }>({ passwordSealed, ...rest }: T) {
  return { ...rest, has_password: passwordSealed !== null };
}

/**
 * After a merge patch. Throws `invalid_field` where the share that is to be used lacks what is needed, and where a stored password would be sent
 * to a host other than the one that it was given for: whoever may change settings could read it there.
 */
export function patchedShareSettings(present: ShareSettings, patch: SharePatch, box: SecretBox): ShareSettings {
  const type = patch.type ?? present.type;
  const next: ShareSettings = {
    type,
    last: type === "local" ? present.last : type,
    nas: merged("nas", BUILT_IN.nas, present.nas, patch.nas, box),
    s3: merged("s3", BUILT_IN.s3, present.s3, patch.s3, box),
    sftp: merged("sftp", BUILT_IN.sftp, present.sftp, patch.sftp, box),
  };
  if (type !== "local") requireComplete(next, type);
  return next;
}

interface Patch {
  readonly password?: string | null | undefined;
}

function merged<T extends { readonly passwordSealed: string | null }>(
  name: ShareType,
  builtIn: T,
  present: T | null,
  patch: (Patch & { readonly [K in keyof T]?: unknown }) | null | undefined,
  box: SecretBox,
): T | null {
  if (patch === undefined) return present;
  if (patch === null) return null;
  const { password, ...rest } = patch;
  const before = present ?? builtIn;
  const next = mergePatch<T>(before, rest as Partial<T>);
  const passwordSealed =
    password === undefined || password === "" ? before.passwordSealed : password === null ? null : box.seal(password);
  const sameHost = hostOf(before) === hostOf(next);
  if (!sameHost && passwordSealed !== null && passwordSealed === before.passwordSealed)
    throw invalidField(`storage.${name}.password`, "must be given again: it was stored for another host");
  return { ...next, passwordSealed };
}

function hostOf(settings: object): string {
  const { host, endpoint, port } = settings as { host?: string; endpoint?: string; port?: number };
  return `${host ?? ""} ${endpoint ?? ""} ${port ?? ""}`;
}

const NEEDED: { readonly [T in ShareType]: readonly string[] } = {
  nas: ["host", "share"],
  s3: ["endpoint", "bucket", "username"],
  sftp: ["host", "username"],
};

function requireComplete(settings: ShareSettings, type: ShareType): void {
  const own = (settings[type] ?? {}) as Record<string, unknown>;
  for (const field of NEEDED[type]) {
    if ((own[field] ?? "") === "") throw invalidField(`storage.${type}.${field}`, "must not be empty");
  }
}

/** How the share is reached to which footage goes, or went last. null: there is none. Throws `internal` where a password cannot be opened. */
export function shareConnection(settings: ShareSettings, box: SecretBox): ShareConnection | null {
  const { last, nas, s3, sftp } = settings;
  const passwordOf = (sealed: string | null): string => (sealed === null ? "" : box.open(sealed));
  if (last === "nas" && nas !== null) {
    const { passwordSealed, ...rest } = nas;
    return { type: "nas", ...rest, path: plainPath(rest.path), password: passwordOf(passwordSealed) };
  }
  if (last === "s3" && s3 !== null) {
    const { passwordSealed, ...rest } = s3;
    return { type: "s3", ...rest, path: plainPath(rest.path), password: passwordOf(passwordSealed) };
  }
  if (last === "sftp" && sftp !== null) {
    const { passwordSealed, host_key: hostKey, ...rest } = sftp;
    return {
      type: "sftp",
      ...rest,
      path: rest.path.replace(/\/+$/, ""),
      hostKey,
      password: passwordOf(passwordSealed),
    };
  }
  return null;
}

/** Without the slashes around it. */
function plainPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}

/** Whether both lead to the same place: footage that lies there is there still. Pure. */
export function samePlace(one: ShareConnection | null, other: ShareConnection | null): boolean {
  return one !== null && other !== null && placeOf(one) === placeOf(other);
}

function placeOf(connection: ShareConnection): string {
  const { type, path } = connection;
  switch (type) {
    case "nas":
      return JSON.stringify([type, connection.host, connection.port, connection.share, path]);
    case "s3":
      return JSON.stringify([type, connection.endpoint, connection.bucket, path]);
    case "sftp":
      return JSON.stringify([type, connection.host, connection.port, path]);
  }
}
