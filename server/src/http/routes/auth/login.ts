import { authRoutes } from "@nightjar/api/routes";
import { rateLimit } from "../../plugins/rate-limit.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { sessionAnswer } from "./session-answer.ts";

/** For all accounts together; the narrower limit for each account is kept where passwords are checked. */
const ATTEMPTS_A_MINUTE = 60;

export function loginRoute(registrar: Registrar, { access }: HttpDeps): void {
  const attempts = rateLimit(registrar.app, ATTEMPTS_A_MINUTE);
  register(registrar, authRoutes.login, async ({ body, request, reply }) => {
    await attempts.count(request);
    const { username, password } = body;
    return sessionAnswer(await access.login({ username, password, address: request.ip }), request, reply);
  });
}
