import { AppShell, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { AlertBell } from "./alert-bell.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Logo } from "./logo.tsx";
import classes from "./shell.module.css";
import { Sidebar } from "./sidebar.tsx";

/** The frame around every page: navigation, alerts, account; on a phone behind a burger. */
export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the navigation of a phone
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: { base: 48, sm: 0 } }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a className={classes.skip} href="#content">
        {t("shell.skipToContent")}
      </a>
      <AppShell.Header hiddenFrom="sm" className={classes.header ?? ""}>
        <Group h="100%" px="xs" gap="xs" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={opened ? t("shell.closeNavigation") : t("shell.openNavigation")}
          />
          <Logo size={22} />
          <Text fw={600}>Nightjar</Text>
          <Group ml="auto">
            <AlertBell />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar ?? ""} aria-label={t("shell.navigation")}>
        <Sidebar />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main ?? ""} id="content">
        <ConnectionBanner />
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
