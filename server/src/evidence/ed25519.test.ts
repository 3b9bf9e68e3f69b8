import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32 } from "./crc32.js";
import { verifyEd25519 } from "./ed25519.js";
import { Sha256, sha512 } from "./sha2.js";

const bytes = (max: number) => fc.uint8Array({ maxLength: max });

it("hashes as everybody does, in whatever pieces the bytes come", () => {
  fc.assert(
    fc.property(fc.array(bytes(200), { maxLength: 6 }), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      const all = Buffer.concat(pieces);
      const whole = Buffer.concat(pieces);
      expect(crc32(whole)).toBe(zlibCrc32(whole));
      expect(hash.hex()).toBe(createHash("sha256").update(all).digest("hex"));
      expect(Buffer.from(sha512(all)).equals(createHash("sha512").update(all).digest())).toBe(true);
    }),
  );
});

it("accepts a signature of the key over the message, and nothing that differs in a bit", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = new Uint8Array(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"));
  fc.assert(
    fc.property(bytes(120), fc.nat({ max: 10_000 }), (message, place) => {
      const signature = new Uint8Array(sign(null, message, privateKey));
      expect(verifyEd25519(key, message, signature)).toBe(true);
      const parts = [key, message, signature].map((part) => Uint8Array.from(part));
      const changed = parts[place % 3];
      if (changed === undefined || changed.length === 0) return;
      const at = place % changed.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << (place % 8));
      const [otherKey = key, otherMessage = message, otherSignature = signature] = parts;
      expect(verifyEd25519(otherKey, otherMessage, otherSignature)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

it("refuses what is no key and no signature", () => {
  expect(verifyEd25519(new Uint8Array(31), new Uint8Array(3), new Uint8Array(64))).toBe(false);
  expect(verifyEd25519(new Uint8Array(32).fill(255), new Uint8Array(3), new Uint8Array(64))).toBe(false);
});
