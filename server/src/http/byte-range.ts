/** What a file is, for conditional and partial requests. */
export interface Representation {
  readonly sizeBytes: number;
  /** Strong entity tag, with its quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

export interface TransferHeaders {
  readonly range?: string | undefined;
  readonly "if-range"?: string | undefined;
  readonly "if-none-match"?: string | undefined;
  readonly "if-modified-since"?: string | undefined;
}

/** Which bytes to send: `startByte` to `endByte`, both inclusive, or none. */
export type Transfer =
  | { readonly status: 200 }
  | { readonly status: 206; readonly startByte: number; readonly endByte: number }
  | { readonly status: 304 }
  | { readonly status: 416 };

/** An HTTP date of a file's time: whole seconds. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/**
 * What RFC 9110 asks for (13.2.2 and 14.2). Several ranges at once are answered with the whole file, as is a `Range` that cannot be
 * read; `Range` means something for GET only.
 */
export function planTransfer(method: string, headers: TransferHeaders, file: Representation): Transfer {
  if (isUnchanged(headers, file)) return { status: 304 };
  if (method !== "GET" || headers.range === undefined || !rangeStillHolds(headers["if-range"], file))
    return { status: 200 };
  return singleRange(headers.range, file.sizeBytes);
}

function isUnchanged(headers: TransferHeaders, file: Representation): boolean {
  const known = headers["if-none-match"];
  if (known !== undefined) {
    const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(file.etag);
  }
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return !Number.isNaN(since) && Math.floor(file.modifiedMs / 1000) * 1000 <= since;
}

function rangeStillHolds(condition: string | undefined, file: Representation): boolean {
  return condition === undefined || condition === file.etag || condition === httpDate(file.modifiedMs);
}

function singleRange(range: string, sizeBytes: number): Transfer {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range);
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return { status: 200 };
  if (first === "") {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    return suffixBytes === 0
      ? { status: 416 }
      : { status: 206, startByte: sizeBytes - suffixBytes, endByte: sizeBytes - 1 };
  }
  const startByte = Number(first);
  const endByte = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < startByte) return { status: 200 };
  return startByte >= sizeBytes ? { status: 416 } : { status: 206, startByte, endByte };
}
