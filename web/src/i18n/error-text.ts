import { ApiError } from "@nightjar/api/client";
import type { TFunction } from "i18next";

const TRANSLATED = [
  "unreachable",
  "login_failed",
  "setup_code_wrong",
  "setup_done",
  "rate_limited",
  "forbidden",
  "not_found",
  "internal",
  "unavailable",
] as const;

/** What went wrong and what to do, in the page's language where the catalog knows it, else in the server's own words. */
export function errorText(t: TFunction, error: unknown): string {
  if (!(error instanceof ApiError)) return t("error.internal");
  const code = TRANSLATED.find((one) => one === error.code);
  return code === undefined ? error.message : t(`error.${code}`);
}
