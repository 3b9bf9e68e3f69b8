import { authRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { userToWire } from "./session-answer.ts";

export function meRoute(registrar: Registrar, _deps: HttpDeps): void {
  register(registrar, authRoutes.me, async ({ principal }) => userToWire(principal));
}
