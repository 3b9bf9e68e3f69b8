import { authRoutes } from "@nightjar/api/routes";
import { rateLimit } from "../../plugins/rate-limit.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { sessionAnswer } from "./session-answer.ts";

const ATTEMPTS_A_MINUTE = 20;

export function setupRoute(registrar: Registrar, { access }: HttpDeps): void {
  const attempts = rateLimit(registrar.app, ATTEMPTS_A_MINUTE);
  register(registrar, authRoutes.setup, async ({ body, request, reply }) => {
    await attempts.count(request);
    const signedIn = await access.setup({
      setupCode: body.setup_code,
      username: body.username,
      password: body.password,
      address: request.ip,
    });
    return sessionAnswer(signedIn, request, reply);
  });
}
