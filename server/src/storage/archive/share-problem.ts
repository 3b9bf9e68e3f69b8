import type { ShareProblem as ShareProblemWire } from "@nightjar/api/share";
import { NightjarError } from "../../base/error.ts";
import { type ShareConnection, shareAddress } from "./share-connection.ts";

/** What is wrong with a share. */
export type ShareProblemKind = ShareProblemWire["kind"];

/** The share cannot be used; the message says why and what to do. */
export class ShareProblem extends NightjarError {
  readonly kind: ShareProblemKind;

  constructor(kind: ShareProblemKind, message: string) {
    super(kind === "rclone_missing" ? "rclone_missing" : "unavailable", message);
    this.kind = kind;
  }
}

/** There is no such file on the share; `code` as the system says it of a disk. */
export class ShareFileMissing extends Error {
  readonly code = "ENOENT";

  constructor(path: string) {
    super(`There is no ${path} on the share.`);
  }
}

const INSTALL_COMMAND = "apt-get install -y rclone";

/** Where rclone cannot be run. */
export function rcloneMissing(program: string): ShareProblem {
  return new ShareProblem(
    "rclone_missing",
    `Network shares need the program ${program}, which is missing or cannot be run. Install rclone, for example with: ${INSTALL_COMMAND}`,
  );
}

/** A connection that was kept has ended since. */
export const CONNECTION_LOST =
  /\bEOF\b|connection reset|broken pipe|use of closed|connection (lost|error|closed)|failed to open.*session/i;

/** In the words of Samba's and Windows' SMB, of OpenSSH, of S3 servers and of Go's network library. The first that fits. */
const SIGNS: readonly (readonly [ShareProblemKind, RegExp])[] = [
  ["wrong_host_key", /knownhosts|host key mismatch|key is unknown/i],
  ["unknown_host", /no such host|server misbehaving|name resolution/i],
  ["refused", /connection refused/i],
  ["full", /disk was full|disk full|no space left|quota|not enough space|insufficient storage/i],
  ["no_such_share", /network name not found|share name cannot be found|NoSuchBucket|bucket does not exist/i],
  [
    "wrong_password",
    /logon is invalid|logon failure|unable to authenticate|InvalidAccessKeyId|SignatureDoesNotMatch|account .*(locked|disabled|expired)|password .*expired|status code: 40[13]/i,
  ],
  ["read_only", /permission denied|access.?denied|write.?protected|read.?only/i],
  ["no_answer", CONNECTION_LOST],
  ["no_answer", /timeout|timed out|no route to host|network is unreachable|host is down|deadline exceeded/i],
];

/** What rclone said, as a sentence that tells what to do; without the password. Pure. */
export function shareProblem(connection: ShareConnection, said: string): ShareProblem {
  const kind = SIGNS.find(([, sign]) => sign.test(said))?.[0] ?? "failed";
  const { password } = connection;
  const detail = password === "" ? said : said.replaceAll(password, "***");
  return new ShareProblem(kind, `${sentence(kind, connection)} (${detail.trim()})`);
}

/** Without what rclone said. */
function sentence(kind: ShareProblemKind, connection: ShareConnection): string {
  const where = shareAddress(connection);
  const host = connection.type === "s3" ? connection.endpoint : `${connection.host}, port ${connection.port}`;
  switch (kind) {
    case "unknown_host":
      return `The host of ${where} is not known. Check its name, or use its IP address.`;
    case "refused":
      return `${host} refuses the connection. Check the port, and whether file sharing is switched on there.`;
    case "no_answer":
      return `${host} does not answer. Check that it is switched on and that no firewall is in between.`;
    case "wrong_password":
      return `${where} does not accept the user name or the password.`;
    case "no_such_share":
      return connection.type === "s3"
        ? `There is no bucket ${connection.bucket} at ${connection.endpoint}. Make it there, or correct the name.`
        : `There is no such share on the host of ${where}. Check the share's name.`;
    case "read_only":
      return `${where} may not be written by this user. Give it the right to read and write there.`;
    case "full":
      return `${where} is full. Make room there, or let Nightjar keep less.`;
    case "wrong_host_key":
      return `${where} shows another host key than the one that was set: it may be another machine. Check the host key.`;
    default:
      return `${where} cannot be used.`;
  }
}
