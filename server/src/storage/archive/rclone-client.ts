import { Agent, type IncomingMessage, request } from "node:http";
import type { RcloneAddress } from "./rclone-daemon.ts";
import { REMOTE } from "./share-connection.ts";

/** rclone answered that it cannot. */
export class RcloneRefusal extends Error {
  readonly status: number;

  constructor(status: number, said: string) {
    super(said.trim() === "" ? `answered with status ${status}` : said);
    this.status = status;
  }
}

/** rclone, or what is behind it, does not answer. */
export class RcloneSilence extends Error {}

const SILENT_AFTER_MS = 30_000;
/** Our own: the one that Node.js has for all gives up after five seconds, and a large file takes longer to copy. */
const AGENT = new Agent({ keepAlive: true });
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

/** Half-open. */
export interface ByteSpan {
  readonly fromBytes: number;
  readonly toBytes: number;
}

/** Asks rclone's remote control. Rejects with `RcloneRefusal`, with `RcloneSilence`, and with the signal's reason. `limitMs` null: it may take as long as it takes. */
export async function askRclone(
  address: RcloneAddress,
  command: string,
  parameters: object,
  { limitMs, signal }: { readonly limitMs: number | null; readonly signal?: AbortSignal },
): Promise<Record<string, unknown>> {
  const body = JSON.stringify(parameters);
  const answer = await send(address, { method: "POST", path: `/${command}`, body, limitMs, signal });
  const text = (await collect(answer)).toString("utf8");
  const told = parse(text);
  if (answer.statusCode !== 200)
    throw new RcloneRefusal(answer.statusCode ?? 0, typeof told.error === "string" ? told.error : text);
  return told;
}

/** The bytes of a file on the share, or those of a span of it. Rejects as `askRclone`. */
export async function readFromRclone(
  address: RcloneAddress,
  file: string,
  span: ByteSpan | null,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const path = `/%5B${encodeURIComponent(REMOTE)}%5D/${file.split("/").map(encodeURIComponent).join("/")}`;
  const range = span === null ? {} : { range: `bytes=${span.fromBytes}-${span.toBytes - 1}` };
  const answer = await send(address, { method: "GET", path, headers: range, limitMs: SILENT_AFTER_MS, signal });
  if (answer.statusCode === 200 || answer.statusCode === 206) return answer;
  const text = (await collect(answer)).toString("utf8");
  const { error } = parse(text);
  throw new RcloneRefusal(answer.statusCode ?? 0, typeof error === "string" ? error : text);
}

/** All bytes of a stream. */
export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RcloneSilence("rclone answers without end");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly limitMs: number | null;
  readonly signal: AbortSignal | undefined;
}

function send({ port, authorization }: RcloneAddress, sent: Sent): Promise<IncomingMessage> {
  const { method, path, body, limitMs, signal } = sent;
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ agent: AGENT, host: "127.0.0.1", port, method, path },
        headers: { authorization, "content-type": "application/json", ...sent.headers },
        ...(signal === undefined ? {} : { signal }),
        // Of silence, not of the whole.
        ...(limitMs === null ? {} : { timeout: limitMs }),
      },
      resolve,
    );
    if (limitMs !== null)
      asked.on("timeout", () => asked.destroy(new RcloneSilence(`no answer within ${limitMs / 1000} seconds`)));
    asked.on("error", (error) =>
      reject(signal?.aborted === true || error instanceof RcloneSilence ? error : new RcloneSilence(error.message)),
    );
    asked.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
