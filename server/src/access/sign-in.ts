import { NightjarError } from "../base/error.ts";
import { DEFAULT_TENANT_ID } from "../catalog/tenants.ts";
import { usernameKey } from "../catalog/users.ts";
import type { AccessContext } from "./access-context.ts";
import { type AttemptLimit, AttemptLimiter } from "./attempt-limiter.ts";
import { passwordCheck } from "./passwords.ts";
import { beginSession, type SignedIn } from "./sessions.ts";

const WINDOW_MS = 300_000;
/** Of one account from one address: a person who mistypes. */
const PER_ACCOUNT_AND_ADDRESS: AttemptLimit = { attempts: 5, windowMs: WINDOW_MS };
/** From one address: somebody who tries names, or an office behind one address. */
const PER_ADDRESS: AttemptLimit = { attempts: 30, windowMs: WINDOW_MS };
/** Of one account from everywhere. Higher, because whoever reaches it shuts the owner out too. */
const PER_ACCOUNT: AttemptLimit = { attempts: 60, windowMs: WINDOW_MS };

const MAX_AUDITED_NAME = 64;

export interface LoginAttempt {
  readonly username: string;
  readonly password: string;
  /** Network address of the caller, for the rate limit and the audit. */
  readonly address: string;
}

/** Signing in, limited in attempts by account and address. */
export function signIn(context: AccessContext): (attempt: LoginAttempt) => Promise<SignedIn> {
  const perAccountAndAddress = new AttemptLimiter(context.clock, PER_ACCOUNT_AND_ADDRESS);
  const perAddress = new AttemptLimiter(context.clock, PER_ADDRESS);
  const perAccount = new AttemptLimiter(context.clock, PER_ACCOUNT);
  const check = passwordCheck();
  return async (attempt) => {
    const account = usernameKey(attempt.username);
    const takeBack = [
      perAccountAndAddress.take(JSON.stringify([account, attempt.address])),
      perAddress.take(attempt.address),
      perAccount.take(account),
    ];
    const found = await context.catalog.acrossTenants.userForLogin(attempt.username);
    if (!(await check(attempt.password, found?.passwordHash)) || found === undefined)
      throw await loginFailed(context, attempt, found?.user.tenantId ?? DEFAULT_TENANT_ID);
    for (const undo of takeBack) undo();
    const signedIn = await beginSession(context, found.user);
    await auditLogin(context, signedIn, attempt.address);
    return signedIn;
  };
}

async function loginFailed({ audit }: AccessContext, attempt: LoginAttempt, tenantId: number): Promise<NightjarError> {
  const actor = attempt.username.slice(0, MAX_AUDITED_NAME);
  await audit.write({ tenantId, actor, action: "login.failed", object: "session", address: attempt.address });
  return new NightjarError("login_failed", "User name or password is wrong.");
}

async function auditLogin({ audit }: AccessContext, { principal }: SignedIn, address: string): Promise<void> {
  await audit.write({
    tenantId: principal.tenantId,
    actor: principal.username,
    action: "login",
    object: "session",
    address,
  });
}
