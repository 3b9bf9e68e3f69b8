import { tokenRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { tokenToWire } from "./token-answer.ts";

export function listTokensRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, tokenRoutes.list, async ({ principal, query }) => {
    const page = await access.tokens.list(principal, query);
    return { tokens: page.items.map(tokenToWire), next_cursor: page.nextCursor };
  });
}
