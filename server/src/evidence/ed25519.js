import { sha512 } from "./sha2.js";

// Verification of Ed25519 signatures (RFC 8032, clause 5.1.7) in plain JavaScript: not every browser has it, least of all for a page that
// was opened from a disk. Only public values pass through here, so it need not hide how long it takes.

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modulo(-121665n * inverse(121666n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);
const BASE_Y = modulo(4n * inverse(5n));

/** Extended coordinates (RFC 8032, clause 5.1.4). @typedef {readonly [x: bigint, y: bigint, z: bigint, t: bigint]} Point */

/**
 * Whether `signature` (64 bytes) of `message` was made with the private key of `publicKey` (32 bytes).
 * @param {Uint8Array} publicKey @param {Uint8Array} message @param {Uint8Array} signature @returns {boolean}
 */
export function verifyEd25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const encodedR = signature.subarray(0, 32);
  const key = decodePoint(publicKey);
  const r = decodePoint(encodedR);
  const s = littleEndian(signature.subarray(32));
  if (key === null || r === null || s >= L) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(encodedR);
  hashed.set(publicKey, 32);
  hashed.set(message, 64);
  const k = littleEndian(sha512(hashed)) % L;
  return samePoint(multiplied(s, basePoint()), added(r, multiplied(k, key)));
}

/** @returns {Point} */
function basePoint() {
  const x = xOf(BASE_Y, 0n) ?? 0n;
  return [x, BASE_Y, 1n, modulo(x * BASE_Y)];
}

/** null: no point has this encoding. @param {Uint8Array} bytes @returns {Point | null} */
function decodePoint(bytes) {
  const encoded = littleEndian(bytes);
  const y = encoded & (2n ** 255n - 1n);
  const x = y >= P ? null : xOf(y, encoded >> 255n);
  return x === null ? null : [x, y, 1n, modulo(x * y)];
}

/** Clause 5.1.3. @param {bigint} y @param {bigint} sign @returns {bigint | null} */
function xOf(y, sign) {
  const u = modulo(y * y - 1n);
  const v = modulo(D * y * y + 1n);
  let x = modulo(u * power(v, 3n) * power(modulo(u * power(v, 7n)), (P - 5n) / 8n));
  const square = modulo(v * x * x);
  if (square === modulo(-u)) x = modulo(x * SQRT_MINUS_ONE);
  else if (square !== u) return null;
  if (x === 0n && sign === 1n) return null;
  return (x & 1n) === sign ? x : P - x;
}

/** @param {Point} a @param {Point} b @returns {Point} */
function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * t1 * t2 * D);
  const d = modulo(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

/** @param {bigint} factor @param {Point} point @returns {Point} */
function multiplied(factor, point) {
  /** @type {Point} */
  let sum = [0n, 1n, 1n, 0n];
  let doubled = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = added(sum, doubled);
    doubled = added(doubled, doubled);
  }
  return sum;
}

/** @param {Point} a @param {Point} b @returns {boolean} */
function samePoint([x1, y1, z1], [x2, y2, z2]) {
  return modulo(x1 * z2 - x2 * z1) === 0n && modulo(y1 * z2 - y2 * z1) === 0n;
}

/** @param {bigint} value @returns {bigint} */
function modulo(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** @param {bigint} value @returns {bigint} */
function inverse(value) {
  return power(value, P - 2n);
}

/** @param {bigint} base @param {bigint} exponent @returns {bigint} */
function power(base, exponent) {
  let result = 1n;
  let square = modulo(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

/** @param {Uint8Array} bytes @returns {bigint} */
function littleEndian(bytes) {
  return [...bytes].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
