import { NightjarError } from "../base/error.ts";
import { DEFAULT_TENANT_ID } from "../catalog/tenants.ts";
import type { StoredUser } from "../catalog/users.ts";
import type { AccessContext } from "./access-context.ts";
import { AttemptLimiter } from "./attempt-limiter.ts";
import { hashPassword } from "./passwords.ts";
import { beginSession, type SignedIn } from "./sessions.ts";
import { isSetupCode, newSetupCode } from "./setup-code.ts";
import type { LoginAttempt } from "./sign-in.ts";

/** Over all addresses: there is one code and one person to type it. */
const SETUP_LIMIT = { attempts: 20, windowMs: 300_000 };

export interface SetupAttempt extends LoginAttempt {
  readonly setupCode: string;
}

export interface FirstStart {
  /**
   * At the start of the server. Without an administrator: makes the given one, or answers the one-time code for the setup page, which the
   * caller prints. null: nothing to print.
   */
  firstStart(admin: { readonly username: string; readonly password: string } | null): Promise<{
    readonly setupCode: string | null;
  }>;
  /** Whether the first administrator still has to be made. */
  setupRequired(): Promise<boolean>;
  /** Makes the first administrator and signs them in. Throws `setup_code_wrong`, `setup_done`, `rate_limited`. */
  setup(attempt: SetupAttempt): Promise<SignedIn>;
}

/** How the first administrator comes to be. */
export function firstStart(context: AccessContext): FirstStart {
  const { acrossTenants } = context.catalog;
  const limiter = new AttemptLimiter(context.clock, SETUP_LIMIT);
  let setupCode: string | null = null;
  return {
    async firstStart(admin) {
      if (await acrossTenants.hasAdministrator()) return { setupCode: null };
      if (admin !== null) {
        const user = await createAdministrator(context, admin);
        if (user !== undefined) await auditSetup(context, user, { actor: "settings", address: null });
        return { setupCode: null };
      }
      setupCode = newSetupCode();
      return { setupCode };
    },
    setupRequired: async () => !(await acrossTenants.hasAdministrator()),
    async setup(attempt) {
      if (setupCode === null || (await acrossTenants.hasAdministrator())) throw setupDone();
      const takeBack = limiter.take("setup");
      if (!isSetupCode(attempt.setupCode, setupCode)) throw await wrongCode(context, attempt);
      const user = await createAdministrator(context, attempt);
      if (user === undefined) throw setupDone();
      setupCode = null;
      takeBack();
      await auditSetup(context, user, { actor: user.username, address: attempt.address });
      return beginSession(context, user);
    },
  };
}

async function createAdministrator(
  { catalog }: AccessContext,
  admin: { readonly username: string; readonly password: string },
): Promise<StoredUser | undefined> {
  const passwordHash = await hashPassword(admin.password);
  return catalog.acrossTenants.createFirstAdministrator({ username: admin.username, passwordHash });
}

async function auditSetup(
  { audit }: AccessContext,
  user: StoredUser,
  by: { readonly actor: string; readonly address: string | null },
): Promise<void> {
  const after = { username: user.username, role: user.role };
  await audit.write({ tenantId: user.tenantId, action: "setup", object: `user ${user.id}`, after, ...by });
}

async function wrongCode({ audit }: AccessContext, attempt: SetupAttempt): Promise<NightjarError> {
  await audit.write({
    tenantId: DEFAULT_TENANT_ID,
    actor: "setup",
    action: "setup.failed",
    object: "first administrator",
    address: attempt.address,
  });
  return new NightjarError(
    "setup_code_wrong",
    "The setup code is wrong. The server printed it when it was started; a restart prints a new one.",
  );
}

function setupDone(): NightjarError {
  return new NightjarError("setup_done", "The first administrator exists already; sign in instead.");
}
