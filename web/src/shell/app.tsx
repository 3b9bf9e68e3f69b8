import { MantineProvider, type MantineThemeOverride, mergeThemeOverrides } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLiveUpdates } from "../api/live.ts";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { cssVariables, theme } from "../theme/theme.ts";
import { router } from "./router.tsx";

/** The whole page: theme, query cache, live events, routes. */
export function App() {
  const { t } = useTranslation();
  const closeLabel = t("common.close");
  const named = useMemo(() => mergeThemeOverrides(theme, namedCloseButtons(closeLabel)), [closeLabel]);
  return (
    <MantineProvider theme={named} cssVariablesResolver={cssVariables} defaultColorScheme="dark">
      <Notifications position="bottom-right" autoClose={5000} />
      <QueryClientProvider client={queryClient}>
        <SessionWatch />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The cross of a notification is a button without any word. */
function namedCloseButtons(label: string): MantineThemeOverride {
  return { components: { Notification: { defaultProps: { closeButtonProps: { "aria-label": label } } } } };
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
