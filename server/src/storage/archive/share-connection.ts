/** How a network share is reached, with its secrets in the clear: kept in memory only. */
export type ShareConnection =
  | {
      readonly type: "nas";
      readonly host: string;
      readonly port: number;
      /** Name of the share on the host. */
      readonly share: string;
      /** Folder in it; "": its root. */
      readonly path: string;
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly type: "s3";
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly path: string;
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly type: "sftp";
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly username: string;
      readonly password: string;
      /** The server's public key as in `known_hosts`, such as `ssh-ed25519 AAAA…`; "": any is taken. */
      readonly hostKey: string;
    };

/** What rclone calls the folder of the share that is ours. */
export const REMOTE = "footage:";

/** Where a share is, for people; without secrets. */
export function shareAddress(connection: ShareConnection): string {
  const path = connection.path === "" ? "" : `/${connection.path.replace(/^\//, "")}`;
  switch (connection.type) {
    case "nas":
      return `//${connection.host}/${connection.share}${path}`;
    case "s3":
      return `${connection.endpoint.replace(/\/$/, "")}/${connection.bucket}${path}`;
    case "sftp":
      return `sftp://${connection.host}${connection.port === 22 ? "" : `:${connection.port}`}/${connection.path}`;
  }
}

/**
 * The connection as rclone takes it from its environment, which only this user can read, and not from its arguments, which everybody can. Pure.
 * `obscured`: the password as `rclone obscure` writes it. `knownHosts`: file with the host's key; null: any key is taken.
 */
export function rcloneEnvironment(
  connection: ShareConnection,
  obscured: string,
  knownHosts: string | null,
): Record<string, string> {
  const options: Record<string, string> = { ...backendOptions(connection, obscured) };
  if (connection.type === "sftp" && knownHosts !== null) options.KNOWN_HOSTS_FILE = knownHosts;
  const named = Object.entries(options).map(([name, value]) => [`RCLONE_CONFIG_SHARE_${name}`, value]);
  return {
    ...Object.fromEntries(named),
    RCLONE_CONFIG_FOOTAGE_TYPE: "alias",
    RCLONE_CONFIG_FOOTAGE_REMOTE: `share:${folderOf(connection)}`,
  };
}

function folderOf(connection: ShareConnection): string {
  const { path } = connection;
  const inside = path === "" ? "" : `/${path.replace(/^\//, "")}`;
  switch (connection.type) {
    case "nas":
      return `${connection.share}${inside}`;
    case "s3":
      return `${connection.bucket}${inside}`;
    case "sftp":
      return path;
  }
}

function backendOptions(connection: ShareConnection, obscured: string): Record<string, string> {
  const { username } = connection;
  switch (connection.type) {
    case "nas": {
      // As Windows writes it: a domain's user.
      const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(username) ?? [];
      return {
        TYPE: "smb",
        HOST: connection.host,
        PORT: String(connection.port),
        USER: user ?? username,
        PASS: obscured,
        ...(domain === undefined ? {} : { DOMAIN: domain }),
      };
    }
    case "s3":
      return {
        TYPE: "s3",
        PROVIDER: "Other",
        ENDPOINT: connection.endpoint,
        REGION: connection.region,
        ACCESS_KEY_ID: username,
        SECRET_ACCESS_KEY: connection.password,
        // A key that may use a bucket need not be one that may make buckets.
        NO_CHECK_BUCKET: "true",
      };
    case "sftp":
      return {
        TYPE: "sftp",
        HOST: connection.host,
        PORT: String(connection.port),
        USER: username,
        PASS: obscured,
        // Nothing but files: no shell is asked for sums.
        SHELL_TYPE: "none",
        DISABLE_HASHCHECK: "true",
      };
  }
}
