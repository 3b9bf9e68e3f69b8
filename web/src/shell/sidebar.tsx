import { AppShell, Group, NavLink, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useHasPermission } from "../api/use-session.ts";
import { AlertBell } from "./alert-bell.tsx";
import { LanguageMenu } from "./language-menu.tsx";
import { Logo } from "./logo.tsx";
import { type NavigationLeaf, SECTIONS } from "./navigation.ts";
import { ThemeSwitch } from "./theme-switch.tsx";
import { UserMenu } from "./user-menu.tsx";

/** Name and alerts, the sections, and at the bottom what concerns the person. */
export function Sidebar() {
  const { t } = useTranslation();
  return (
    <>
      <AppShell.Section visibleFrom="sm" px="sm" py={10}>
        <Group gap="xs" wrap="nowrap">
          <Logo size={24} />
          <Text fw={600}>Nightjar</Text>
          <Group ml="auto">
            <AlertBell />
          </Group>
        </Group>
      </AppShell.Section>
      <AppShell.Section grow px="xs" py="xs">
        {SECTIONS.map((section) =>
          "to" in section ? (
            <Leaf key={section.to} leaf={section} />
          ) : (
            <section key={section.label} aria-label={t(section.label)}>
              <Text size="xs" c="dimmed" fw={600} px="sm" pt="md" pb={4} aria-hidden>
                {t(section.label)}
              </Text>
              {section.pages.map((leaf) => (
                <Leaf key={leaf.to} leaf={leaf} />
              ))}
            </section>
          ),
        )}
      </AppShell.Section>
      <AppShell.Section p="xs">
        <Group gap={4} wrap="nowrap">
          <UserMenu />
          <Group gap={4} ml="auto" wrap="nowrap">
            <LanguageMenu />
            <ThemeSwitch />
          </Group>
        </Group>
      </AppShell.Section>
    </>
  );
}

function Leaf({ leaf }: { readonly leaf: NavigationLeaf }) {
  const { t } = useTranslation();
  const allowed = useHasPermission(leaf.permission);
  const Icon = leaf.icon;
  if (!allowed) return null;
  return (
    <Link to={leaf.to} activeOptions={{ includeSearch: false }} style={{ textDecoration: "none", color: "inherit" }}>
      {({ isActive }) => (
        <NavLink
          component="span"
          active={isActive}
          variant="light"
          label={t(leaf.label)}
          leftSection={<Icon size={18} aria-hidden />}
          style={{ borderRadius: "var(--mantine-radius-sm)" }}
        />
      )}
    </Link>
  );
}
