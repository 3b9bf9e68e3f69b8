import { useDebouncedValue } from "@mantine/hooks";
import type { ProbeResult } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { judgeUrl } from "./camera-form-values.ts";

export interface ProbeInput {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly transport: "tcp" | "udp";
  readonly cameraId: number | null;
}

/** A pause in typing that means the address may be whole. */
const TYPING_MS = 700;

/** A password stands in the key of the cache, so what was tried is soon forgotten. */
const FORGET_MS = 10_000;

/** Tries a stream when its input has come to rest; a newer input gives up the older attempt. `enabled: false` waits for `refetch`. */
export function useProbe(input: ProbeInput, enabled: boolean): UseQueryResult<ProbeResult> {
  const [settled] = useDebouncedValue(input, TYPING_MS);
  const complete = judgeUrl(settled.url) === "complete" && settled.url === input.url;
  return useQuery({
    queryKey: queryKeys.probe(settled),
    queryFn: ({ signal }) =>
      call(cameraRoutes.probe, {
        body: {
          url: settled.url.trim(),
          username: settled.username === "" ? null : settled.username,
          ...(settled.password === "" ? {} : { password: settled.password }),
          transport: settled.transport,
          ...(settled.cameraId === null ? {} : { camera_id: settled.cameraId }),
        },
        signal,
      }),
    enabled: enabled && complete,
    retry: false,
    gcTime: FORGET_MS,
  });
}
