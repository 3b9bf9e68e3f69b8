import { createHash, randomBytes } from "node:crypto";

const RANDOM_BYTES = 32;

/** Begins every API token, so that people and secret scanners know what they have found. */
export const API_TOKEN_PREFIX = "nj_";
/** Begins the tokens of sessions and media sessions. */
export const SESSION_TOKEN_PREFIX = "njs_";

export interface NewToken {
  /** To be shown once. */
  readonly token: string;
  /** To be kept. */
  readonly tokenHash: Uint8Array;
}

/** A token of 256 random bits. */
export function newToken(prefix: string): NewToken {
  const token = prefix + randomBytes(RANDOM_BYTES).toString("base64url");
  return { token, tokenHash: hashToken(token) };
}

/** SHA-256: enough for a random token, which nobody can guess, and quick enough for every request. */
export function hashToken(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
