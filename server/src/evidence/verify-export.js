import { crc32 } from "./crc32.js";
import { verifyEd25519 } from "./ed25519.js";
import { Sha256 } from "./sha2.js";
import { zipEntries, zipLayout } from "./zip-layout.js";

// Whether an export is what an installation signed. The same lines run in `nightjar verify` and in the page that each export carries, so
// nothing here knows where it runs, and nothing is asked of a network.

export const MANIFEST_NAME = "manifest.json";
export const MANIFEST_FORMAT = "nightjar-export/1";
/** Files are told in blocks of this size, so that it can be said where one was altered. */
export const BLOCK_BYTES = 1024 * 1024;
const SIGNED_PREFIX = "nightjar-export-manifest:";
const CHAIN_PREFIX = "nightjar-chain:";
const READ_BYTES = 4 * 1024 * 1024;
const HASH_PATTERN = /^[0-9a-f]{64}$/;

/** @typedef {import("./zip-layout.js").Bytes} Bytes */
/** @typedef {import("./manifest.ts").Manifest} Manifest */
/** @typedef {import("./manifest.ts").ManifestSegment} ManifestSegment */
/** @typedef {{ update(bytes: Uint8Array): void, hex(): string }} Hash */

/**
 * `problems`: what does not match, a sentence each; none: it is intact. `notes`: what is good to know. `signer`: whose key signed, null
 * where that could not be found out; `confirmed`: it is the key that was asked for.
 * @typedef {object} Verdict
 * @property {boolean} intact
 * @property {boolean} confirmed
 * @property {string | null} signer
 * @property {readonly string[]} problems
 * @property {readonly string[]} notes
 */

/**
 * @typedef {object} VerifyOptions
 * @property {string} [key] fingerprint that the signer's key must have
 * @property {() => Hash} [newHash] a faster SHA-256 than ours
 * @property {(done: number) => void} [onProgress] from 0 to 1
 */

/**
 * Verifies the files of an unpacked export.
 * @param {ReadonlyMap<string, Bytes>} files by name
 * @param {VerifyOptions} [options] @returns {Promise<Verdict>}
 */
export async function verifyFiles(files, options = {}) {
  /** @type {string[]} */
  const problems = [];
  /** @type {string[]} */
  const notes = [];
  const file = files.get(MANIFEST_NAME);
  if (file === undefined)
    return verdict([`${MANIFEST_NAME} is missing: without it nothing can be verified.`], notes, null, options);
  const manifest = readManifest(await file.read(0, file.sizeBytes), problems);
  if (manifest === null) return verdict(problems, notes, null, options);
  const signer = signerOf(manifest, problems);
  try {
    await checkFiles(manifest, files, options, problems);
    checkSegments(manifest, problems, notes);
  } catch (error) {
    // Without a signature that matches nothing says that it even has the shape of a manifest; that it is altered is told already.
    if (signer !== null) throw error;
  }
  return verdict(problems, notes, signer, options);
}

/**
 * The same for the ZIP as it was downloaded: also the bytes between the files are looked at.
 * @param {Bytes} zip @param {VerifyOptions} [options] @returns {Promise<Verdict>}
 */
export async function verifyZip(zip, options = {}) {
  let entries;
  try {
    entries = await zipEntries(zip);
  } catch (error) {
    return verdict([`The ZIP is damaged: ${error instanceof Error ? error.message : error}.`], [], null, options);
  }
  const files = new Map(entries.map((entry) => [entry.name, partOf(zip, entry.dataAt, entry.sizeBytes)]));
  const result = await verifyFiles(files, options);
  const structure = await checkZipItself(zip, entries, files.get(MANIFEST_NAME));
  return structure === null ? result : { ...result, intact: false, problems: [...result.problems, structure] };
}

/** The verdict as lines for people. @param {Verdict} result @returns {string[]} */
export function verdictLines({ intact, confirmed, signer, problems, notes }) {
  const head = intact
    ? confirmed
      ? "Intact, signed by the given key."
      : "Intact, signer not confirmed: compare the fingerprint with the one that the installation shows, or give it with --key."
    : `NOT intact: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}.`;
  return [
    head,
    ...(signer === null ? [] : [`Signed by the key ${signer}`]),
    ...problems.map((text) => `PROBLEM  ${text}`),
    ...notes.map((text) => `note     ${text}`),
  ];
}

/** What is signed of a manifest. @param {Omit<Manifest, "signature">} unsigned @returns {Uint8Array} */
export function signedMessage(unsigned) {
  return utf8(SIGNED_PREFIX + hashOf(utf8(manifestText(unsigned))));
}

/**
 * What is signed of a camera's chain: that the segment had this value in it then.
 * @param {{ uuid: string, name: string, chain: string, at: string }} place @returns {Uint8Array}
 */
export function chainMessage({ uuid, name, chain, at }) {
  return utf8(`${CHAIN_PREFIX}${[uuid, name, chain, at].join(" ")}`);
}

/**
 * A manifest whose text is as it was written and whose signature matches; null: it is not.
 * @param {Uint8Array} bytes @returns {{ manifest: Manifest, signer: string } | null}
 */
export function signedManifest(bytes) {
  /** @type {string[]} */
  const problems = [];
  const manifest = readManifest(bytes, problems);
  const signer = manifest === null ? null : signerOf(manifest, problems);
  return manifest === null || signer === null || problems.length > 0 ? null : { manifest, signer };
}

/** The text of a manifest, to the byte. @param {object} manifest @returns {string} */
export function manifestText(manifest) {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** SHA-256 of a public key, as people compare it. @param {string} publicKey hexadecimal @returns {string} */
export function fingerprintOf(publicKey) {
  return hashOf(bytesOf(publicKey));
}

/** @param {readonly string[]} problems @param {readonly string[]} notes @param {string | null} signer @param {VerifyOptions} options @returns {Verdict} */
function verdict(problems, notes, signer, { key }) {
  const wanted = key === undefined ? null : key.toLowerCase().replaceAll(/[^0-9a-f]/g, "");
  const confirmed = signer !== null && signer === wanted;
  const stranger =
    wanted === null || confirmed || signer === null
      ? []
      : [`It is signed by another key than ${wanted}: by ${signer}.`];
  const all = [...problems, ...stranger];
  return { intact: all.length === 0, confirmed, signer, problems: all, notes };
}

/** @param {Uint8Array} bytes @param {string[]} problems @returns {Manifest | null} */
function readManifest(bytes, problems) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const manifest = JSON.parse(text);
    if (manifest.format !== MANIFEST_FORMAT) {
      problems.push(
        `${MANIFEST_NAME} is altered, or of another version: its format is ${JSON.stringify(manifest.format)}.`,
      );
      return null;
    }
    if (manifestText(manifest) !== text)
      problems.push(`${MANIFEST_NAME} is altered: its text is not as it was written.`);
    return manifest;
  } catch {
    problems.push(`${MANIFEST_NAME} is altered: it can no longer be read.`);
    return null;
  }
}

/** @param {Manifest} manifest @param {string[]} problems @returns {string | null} fingerprint */
function signerOf({ signature, ...unsigned }, problems) {
  const { algorithm, public_key: publicKey, value } = signature ?? {};
  const isSigned = algorithm === "Ed25519" && isHex(publicKey, 32) && isHex(value, 64);
  if (!isSigned || !verifyEd25519(bytesOf(publicKey), signedMessage(unsigned), bytesOf(value))) {
    problems.push(`${MANIFEST_NAME} is altered: its signature does not match.`);
    return null;
  }
  return fingerprintOf(publicKey);
}

/** @param {Manifest} manifest @param {ReadonlyMap<string, Bytes>} files @param {VerifyOptions} options @param {string[]} problems */
async function checkFiles(manifest, files, options, problems) {
  const listed = Array.isArray(manifest.files) ? manifest.files : [];
  const names = new Set([MANIFEST_NAME, ...listed.map((file) => file.name)]);
  const totalBytes = listed.reduce((sum, file) => sum + Number(file.size_bytes), 1);
  let doneBytes = 0;
  for (const { name, size_bytes: sizeBytes, sha256, blocks_crc32: blocks } of listed) {
    const file = files.get(name);
    if (file === undefined) problems.push(`${name} is missing.`);
    else if (file.sizeBytes !== sizeBytes)
      problems.push(`${name} is altered: it has ${file.sizeBytes} bytes instead of ${sizeBytes}.`);
    else {
      const hash = (options.newHash ?? (() => new Sha256()))();
      for (let at = 0; at < sizeBytes; at += READ_BYTES) {
        hash.update(await file.read(at, Math.min(sizeBytes, at + READ_BYTES)));
        options.onProgress?.((doneBytes + at) / totalBytes);
      }
      if (hash.hex() !== sha256)
        problems.push(`${name} is altered: ${await whereAltered(file, blocks)} is not what was exported.`);
    }
    doneBytes += Number(sizeBytes);
  }
  for (const name of files.keys()) {
    if (!names.has(name)) problems.push(`${name} was added: it is not part of the export.`);
  }
}

/** In words: between which bytes. @param {Bytes} file @param {readonly string[]} blocks @returns {Promise<string>} */
async function whereAltered(file, blocks) {
  /** @type {string[]} */
  const altered = [];
  let from = -1;
  const count = Math.ceil(file.sizeBytes / BLOCK_BYTES);
  for (let i = 0; i <= count; i += 1) {
    const at = i * BLOCK_BYTES;
    const isAltered =
      i < count && crcText(crc32(await file.read(at, Math.min(file.sizeBytes, at + BLOCK_BYTES)))) !== blocks?.[i];
    if (isAltered && from < 0) from = at;
    if (isAltered || from < 0) continue;
    altered.push(`${from} to ${Math.min(at, file.sizeBytes) - 1}`);
    from = -1;
  }
  return altered.length === 0 ? "its content" : `something in the bytes ${altered.join(", ")}`;
}

/** A CRC-32 as it stands in a manifest. @param {number} crc @returns {string} */
export function crcText(crc) {
  return crc.toString(16).padStart(8, "0");
}

/** @param {Manifest} manifest @param {string[]} problems @param {string[]} notes */
function checkSegments(manifest, problems, notes) {
  for (const camera of Array.isArray(manifest.cameras) ? manifest.cameras : []) {
    /** @type {ManifestSegment | undefined} */
    let before;
    for (const segment of Array.isArray(camera.segments) ? camera.segments : []) {
      const what = `Segment ${segment.name} of camera ${camera.camera_id}`;
      if (before !== undefined && !(Date.parse(segment.start) >= Date.parse(before.start)))
        problems.push(`${what} does not stand in its order, behind ${before.name}.`);
      if (segment.altered) problems.push(`${what} was no longer as it had been recorded when it was exported.`);
      if (segment.chain === null) {
        notes.push(`${what} was still being recorded: it has no place in the camera's chain yet.`);
      } else {
        if (chainValue(camera.uuid, segment, segment.chain.previous) !== segment.chain.value)
          problems.push(`${what} is altered: its value in the camera's chain does not fit what is said of it.`);
        checkLink(before, segment, what, notes);
      }
      checkSigned({ camera, segment, publicKey: manifest.signature.public_key }, what, problems, notes);
      before = segment;
    }
  }
}

/**
 * @param {{ camera: import("./manifest.ts").ManifestCamera, segment: ManifestSegment, publicKey: string }} place
 * @param {string} what @param {string[]} problems @param {string[]} notes
 */
function checkSigned({ camera, segment, publicKey }, what, problems, notes) {
  const { signed } = segment;
  if (signed === null || signed === undefined) return;
  const message = chainMessage({ uuid: camera.uuid, name: segment.name, chain: signed.chain, at: signed.at });
  if (!isHex(signed.value, 64) || !verifyEd25519(bytesOf(publicKey), message, bytesOf(signed.value)))
    problems.push(`${what} is altered: what is said to have been signed of it at ${signed.at} was not.`);
  else if (segment.chain?.value !== signed.chain)
    problems.push(`${what} was replaced: another one of that name was signed at ${signed.at}.`);
  else notes.push(`${what} existed at ${signed.at}: it was signed then.`);
}

/** A note only: deletions and repairs stand in the chain too, between segments that follow one another in time. @param {ManifestSegment | undefined} before @param {ManifestSegment} segment @param {string} what @param {string[]} notes */
function checkLink(before, segment, what, notes) {
  if (before === undefined || before.chain === null || segment.chain === null) return;
  if (segment.chain.previous === before.chain.value) return;
  notes.push(
    `${what} does not follow ${before.name} at once in the camera's chain: what stands between them is not in this export.`,
  );
}

/**
 * `SHA-256(previous chain ‖ camera uuid ‖ run ‖ number ‖ start ‖ payload_sha256)`.
 * @param {string} uuid @param {ManifestSegment} segment @param {string} previous @returns {string | null}
 */
function chainValue(uuid, segment, previous) {
  const texts = [previous, plainUuid(uuid), plainUuid(segment.run_id), segment.payload_sha256];
  const startMs = Date.parse(segment.start);
  if (!texts.every((text) => /^(?:[0-9a-f]{2})+$/.test(text)) || !HASH_PATTERN.test(previous) || Number.isNaN(startMs))
    return null;
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setUint32(0, segment.number);
  numbers.setBigUint64(4, BigInt(startMs));
  const hash = new Sha256();
  for (const text of texts.slice(0, 3)) hash.update(bytesOf(text));
  hash.update(new Uint8Array(numbers.buffer));
  hash.update(bytesOf(segment.payload_sha256));
  return hash.hex();
}

/** null: every byte outside of the files is where it belongs. @param {Bytes} zip @param {readonly import("./zip-layout.js").ZipEntry[]} entries @param {Bytes | undefined} manifest */
async function checkZipItself(zip, entries, manifest) {
  const text = manifest === undefined ? "" : new TextDecoder().decode(await manifest.read(0, manifest.sizeBytes));
  const createdAt = /^ {2}"created_at": "([^"]+)"/m.exec(text)?.[1] ?? "";
  const { sizeBytes, pieces } = zipLayout(entries, Date.parse(createdAt) || 0);
  if (sizeBytes !== zip.sizeBytes)
    return `The ZIP itself is altered: it has ${zip.sizeBytes} bytes instead of ${sizeBytes}.`;
  for (const piece of pieces) {
    if (!("bytes" in piece)) continue;
    const found = await zip.read(piece.atBytes, piece.atBytes + piece.bytes.length);
    const at = piece.bytes.findIndex((byte, i) => byte !== found[i]);
    if (at >= 0) return `The ZIP itself is altered at byte ${piece.atBytes + at}, outside of its files.`;
  }
  return null;
}

/** @param {Bytes} whole @param {number} at @param {number} sizeBytes @returns {Bytes} */
function partOf(whole, at, sizeBytes) {
  return { sizeBytes, read: (from, to) => whole.read(at + from, at + to) };
}

/** @param {unknown} text @param {number} bytes @returns {text is string} */
function isHex(text, bytes) {
  return typeof text === "string" && text.length === bytes * 2 && /^[0-9a-f]*$/.test(text);
}

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {unknown} uuid */
function plainUuid(uuid) {
  return String(uuid).replaceAll("-", "");
}

/** @param {string} text */
function utf8(text) {
  return new TextEncoder().encode(text);
}

/** SHA-256 in hex. @param {Uint8Array} bytes @returns {string} */
export function hashOf(bytes) {
  const hash = new Sha256();
  hash.update(bytes);
  return hash.hex();
}
