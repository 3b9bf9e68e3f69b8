import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { NightjarError, systemErrorCode } from "./error.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets at rest with AES-256-GCM: `nonce ‖ tag ‖ ciphertext`, base64. */
export interface SecretBox {
  seal(plain: string): string;
  /** Throws `internal` when the text was not sealed with this key. */
  open(sealed: string): string;
}

/** Reads the key file, or makes it (mode 0600) where there is none. */
export async function openSecretBox(keyFile: string): Promise<SecretBox> {
  try {
    await writeFile(keyFile, `${randomBytes(KEY_BYTES).toString("base64")}\n`, {
      mode: 0o600,
      flag: "wx",
      flush: true,
    });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  }
  return secretBox(Buffer.from(await readFile(keyFile, "utf8"), "base64"), keyFile);
}

function secretBox(key: Buffer, keyFile: string): SecretBox {
  if (key.length !== KEY_BYTES)
    throw new NightjarError("internal", `${keyFile} is not a key file of Nightjar; restore it from the backup.`);
  return {
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new NightjarError(
          "internal",
          `A stored password cannot be opened with ${keyFile}; was the key file replaced?`,
          { cause },
        );
      }
    },
  };
}
