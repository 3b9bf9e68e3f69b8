import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** Argon2id (the library's default kind) with OWASP's first recommendation: 19 MiB, 2 passes, 1 lane. About 30 ms of one core. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Argon2id in PHC notation, with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalized(password), PARAMETERS);
}

/** Whether the password belongs to the hash. */
export type PasswordCheck = (password: string, passwordHash: string | undefined) => Promise<boolean>;

/** Makes a check that takes as long without a hash (an unknown user) as with one, so that its time does not tell who has an account. */
export function passwordCheck(): PasswordCheck {
  const nobodysHash = hashPassword(randomBytes(16).toString("hex"));
  return async (password, passwordHash) => {
    const matches = await verify(passwordHash ?? (await nobodysHash), normalized(password));
    return matches && passwordHash !== undefined;
  };
}

/** Keyboards differ in how they compose a letter such as ö; the password is the same. */
function normalized(password: string): string {
  return password.normalize("NFKC");
}
