import { z } from "zod";

/** Where segments go: a folder of this machine, an SMB/CIFS share, a bucket of an S3 server, or a folder reached by SFTP. */
export const STORAGE_TYPES = ["local", "nas", "s3", "sftp"] as const;
export const StorageType = z.enum(STORAGE_TYPES);
export type StorageType = z.infer<typeof StorageType>;
export type ShareType = Exclude<StorageType, "local">;

const noControl = (text: string): boolean => ![...text].some((c) => c < " ");
const text = z.string().max(255).refine(noControl, "must not contain control characters");
const Host = text.regex(/^[A-Za-z0-9.:_-]*$/, "must be a host name or an IP address");
const Port = z.number().int().min(1).max(65_535);
const Path = z
  .string()
  .max(1000)
  .refine(noControl, "must not contain control characters")
  .refine((path) => !path.includes("\\"), "must have / between its folders")
  .refine((path) => !path.split("/").includes(".."), "must not contain ..");
const Password = z.string().max(1024).refine(noControl, "must not contain control characters");
const ShareName = text.refine((name) => !/[/\\:]/.test(name), "must be the name of the share alone");
const Bucket = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9._-]*$/, "must be the name of a bucket");
const Endpoint = z
  .string()
  .max(1000)
  .regex(/^(https?:\/\/[A-Za-z0-9.:_[\]-]+\/?)?$/, "must be an address such as https://s3.example.com");
const HostKey = z
  .string()
  .max(4000)
  .regex(/^([a-z0-9@.-]+ [A-Za-z0-9+/=]+)?$/, "must be a public key such as `ssh-ed25519 AAAA…`");

const nas = { host: Host, port: Port, share: ShareName, path: Path, username: text };
const s3 = { endpoint: Endpoint, region: text, bucket: Bucket, path: Path, username: text };
const sftp = { host: Host, port: Port, path: Path, username: text, host_key: HostKey };
const hasPassword = { has_password: z.boolean() };
/** "" keeps the present one, null clears it. */
const password = { password: Password.nullable() };

export const NasSettings = z
  .object({ ...nas, ...hasPassword })
  .describe("An SMB/CIFS share. `username` may be `DOMAIN\\user`")
  .meta({ id: "NasSettings" });
export const S3Settings = z
  .object({ ...s3, ...hasPassword })
  .describe("`username` is the access key's id, `password` the secret access key")
  .meta({ id: "S3Settings" });
export const SftpSettings = z
  .object({ ...sftp, ...hasPassword })
  .describe(
    "`path` is relative to the user's folder unless it begins with /; without `host_key` any key of the host is taken",
  )
  .meta({ id: "SftpSettings" });
export type NasSettings = z.infer<typeof NasSettings>;
export type S3Settings = z.infer<typeof S3Settings>;
export type SftpSettings = z.infer<typeof SftpSettings>;

/** The three kinds of share; what is set of one stays while another is in use. */
export const shareSettings = { nas: NasSettings, s3: S3Settings, sftp: SftpSettings };

const nasPatch = z.strictObject({ ...nas, ...password }).partial();
const s3Patch = z.strictObject({ ...s3, ...password }).partial();
const sftpPatch = z.strictObject({ ...sftp, ...password }).partial();
export const sharePatch = {
  nas: nasPatch.nullable().optional(),
  s3: s3Patch.nullable().optional(),
  sftp: sftpPatch.nullable().optional(),
};
const SharePatch = z.strictObject({ type: StorageType.optional(), ...sharePatch });
export type SharePatch = z.infer<typeof SharePatch>;

/** A share to try, as it would be sent to `PATCH /api/settings/recording`; what is left out is as it is set. */
export const ShareTest = z
  .strictObject({ type: StorageType.exclude(["local"]), ...sharePatch })
  .meta({ id: "ShareTest" });
export type ShareTest = z.infer<typeof ShareTest>;

export const SHARE_PROBLEMS = [
  "rclone_missing",
  "unknown_host",
  "refused",
  "no_answer",
  "wrong_password",
  "no_such_share",
  "read_only",
  "full",
  "wrong_host_key",
  "marker_missing",
  "foreign",
  "failed",
] as const;

/** What is wrong with a share, and what to do. */
export const ShareProblem = z
  .object({ kind: z.enum(SHARE_PROBLEMS), message: z.string() })
  .meta({ id: "ShareProblem" });
export type ShareProblem = z.infer<typeof ShareProblem>;

export const ShareTestResult = z
  .object({
    ok: z.boolean().describe("A file was written, read back and deleted"),
    problem: ShareProblem.nullable(),
    free_percent: z.number().nullable().describe("Share of its space that is free; null: it does not tell"),
  })
  .meta({ id: "ShareTestResult" });
export type ShareTestResult = z.infer<typeof ShareTestResult>;

/** The way of footage to the share. */
export const ShareState = z
  .object({
    type: StorageType.describe("`local`: nothing more is moved, and what lies on the share is still played"),
    address: z.string(),
    problem: ShareProblem.nullable().describe("Why nothing is moved now; null: all is well"),
    since: z.string().nullable().describe("Since when there is that problem"),
    free_percent: z.number().nullable(),
    size_known: z
      .boolean()
      .describe("false: how much fits there is not told, so without `max_storage_gb` nothing is foretold of footage"),
    spool: z.object({
      segments: z.number().int().describe("That wait to be moved"),
      size_bytes: z.number().int().describe("Of all that is on the disk, open segments too"),
      max_bytes: z.number().int(),
      minutes_left: z.number().nullable().describe("For how long recording goes on while the share is away"),
      full: z.boolean(),
    }),
    moved_segments: z.number().int().describe("Since the server's start"),
    moved_bytes: z.number().int(),
  })
  .meta({ id: "ShareState" });
export type ShareState = z.infer<typeof ShareState>;
