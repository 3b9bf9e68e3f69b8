import { ApiError } from "@nightjar/api/client";
import { ErrorBody } from "@nightjar/api/error";

/** Reads what is not JSON, such as a playlist or a picture. Throws `ApiError` when the server refuses, fails, or does not answer. */
export async function fetchMedia(url: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, { credentials: "same-origin", signal: signal ?? null }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError("unreachable", 0, "The server does not answer. Is it running?");
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return response;
}

function refusal(status: number, text: string): ApiError {
  try {
    const body = ErrorBody.safeParse(JSON.parse(text));
    if (body.success) return new ApiError(body.data.error.code, status, body.data.error.message);
  } catch {
    // Not JSON: a proxy's own page.
  }
  return new ApiError("internal", status, `The server answered ${status}.`);
}
