import type { CameraInput } from "../../../catalog/cameras.ts";

/**
 * Whether a stored password may be sent to this address: only to the camera's own hosts. Otherwise whoever may edit cameras could have it
 * sent to a machine of their own, and read it there.
 */
export function mayGetStoredPassword({ streams }: Pick<CameraInput, "streams">, url: string): boolean {
  const host = hostOf(url);
  return (
    host === "" ||
    [streams.main, ...(streams.sub === null ? [] : [streams.sub])].some((stream) => hostOf(stream.url) === host)
  );
}

/** "" where nothing is sent over a network, also where there is no address yet. */
function hostOf(url: string): string {
  return url === "" ? "" : new URL(url).hostname.toLowerCase();
}
