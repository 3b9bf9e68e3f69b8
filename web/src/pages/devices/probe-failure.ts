import { GapCause } from "@nightjar/api/camera";
import { ApiError } from "@nightjar/api/client";
import type { TFunction } from "i18next";
import { errorText } from "../../i18n/error-text.ts";

/** Why a stream could not be tried: the cause in a few words, and the server's sentence on what to do. */
export function probeFailure(t: TFunction, error: Error): { title: string; message: string } {
  const cause = error instanceof ApiError ? GapCause.safeParse(error.details.cause).data : undefined;
  return { title: cause === undefined ? t("probe.failed") : t(`cause.${cause}`), message: errorText(t, error) };
}
