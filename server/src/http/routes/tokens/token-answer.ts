import type { ApiToken } from "@nightjar/api/access";
import type { StoredApiToken } from "../../../catalog/tokens.ts";
import { instant } from "../../../recording/wire.ts";

/** An API token as the API tells it: everything but the token itself. */
export function tokenToWire(token: StoredApiToken): ApiToken {
  const { id, name, permissions, createdAtMs, expiresAtMs, lastUsedAtMs } = token;
  return {
    id,
    name,
    permissions: [...permissions],
    created_at: instant(createdAtMs),
    expires_at: expiresAtMs === null ? null : instant(expiresAtMs),
    last_used_at: lastUsedAtMs === null ? null : instant(lastUsedAtMs),
  };
}
