import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useLiveUpdates } from "../api/live.ts";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { cssVariables, theme } from "../theme/theme.ts";
import { router } from "./router.tsx";

/** The whole page: theme, query cache, live events, routes. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="dark">
      <Notifications position="bottom-right" autoClose={5000} />
      <QueryClientProvider client={queryClient}>
        <SessionWatch />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Keeps the event stream while somebody is signed in, and leaves the pages for signed-in people when the session ends. */
function SessionWatch() {
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  const signedIn = me != null;
  const wasSignedIn = useRef(signedIn);
  useLiveUpdates(signedIn);
  useEffect(() => {
    if (wasSignedIn.current && !signedIn) void router.invalidate();
    wasSignedIn.current = signedIn;
  }, [signedIn]);
  return null;
}
