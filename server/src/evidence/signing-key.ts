import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { InstallationKey } from "@nightjar/api/export";
import { NightjarError, systemErrorCode } from "../base/error.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import type { Manifest } from "./manifest.ts";
import { chainMessage, fingerprintOf, signedMessage } from "./verify-export.js";

/** The installation's own key. */
export interface SigningKey {
  readonly publicKey: InstallationKey;
  /** The manifest with its signature as the last of its members. */
  sign(manifest: Omit<Manifest, "signature">): Manifest;
  /** Hex: that a segment has this value in its camera's chain at this time. */
  signChain(place: Parameters<typeof chainMessage>[0]): string;
}

/** Reads the key from its file, or makes one (mode 0600) where there is none. It lies there sealed, as passwords do. Throws `internal`. */
export async function openSigningKey(file: string, secretBox: SecretBox): Promise<SigningKey> {
  const made = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  try {
    await writeFile(file, `${secretBox.seal(made)}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  }
  return signingKey(privateKeyOf(secretBox.open((await readFile(file, "utf8")).trim()), file));
}

function privateKeyOf(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new NightjarError("internal", `${file} is not a signing key of Nightjar; restore it from the backup.`, {
      cause,
    });
  }
}

function signingKey(key: KeyObject): SigningKey {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  const publicHex = Buffer.from(x, "base64url").toString("hex");
  return {
    publicKey: { algorithm: "Ed25519", public_key: publicHex, fingerprint: fingerprintOf(publicHex) },
    sign(manifest) {
      const value = sign(null, signedMessage(manifest), key).toString("hex");
      return { ...manifest, signature: { algorithm: "Ed25519", public_key: publicHex, value } };
    },
    signChain: (place) => sign(null, chainMessage(place), key).toString("hex"),
  };
}
