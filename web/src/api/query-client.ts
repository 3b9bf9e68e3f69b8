import { ApiError } from "@nightjar/api/client";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { queryKeys } from "./query-keys.ts";

const RETRIES = 2;

/**
 * The cache behind every page. What is in it stays fresh because live events change it, so nothing is read again by itself; a refusal is
 * final, a server that does not answer is asked again. A session that has ended shows at once as "nobody is signed in".
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEndOfSession }),
  mutationCache: new MutationCache({ onError: noticeEndOfSession }),
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      retry: (count, error) =>
        count < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

function noticeEndOfSession(error: Error): void {
  if (error instanceof ApiError && error.code === "unauthenticated") queryClient.setQueryData(queryKeys.me, null);
}
