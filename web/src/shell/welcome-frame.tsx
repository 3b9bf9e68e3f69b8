import { Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { LanguageMenu } from "./language-menu.tsx";
import { Logo } from "./logo.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

interface WelcomeFrameProps {
  readonly title: string;
  readonly lead?: string;
  readonly width: number;
  readonly children: ReactNode;
}

/** The frame of the pages before the shell: sign-in and first start. */
export function WelcomeFrame({ title, lead, width, children }: WelcomeFrameProps) {
  return (
    <Center component="main" mih="100dvh" p={{ base: "sm", sm: "lg" }}>
      <Stack w="100%" maw={width} gap="md">
        <Group gap="xs">
          <Logo size={28} />
          <Text fw={600} fz="lg">
            Nightjar
          </Text>
          <Group gap={4} ml="auto">
            <LanguageMenu />
            <ThemeSwitch />
          </Group>
        </Group>
        <Paper withBorder p={{ base: "md", sm: "xl" }} bg="var(--nj-surface)">
          <Title order={1} fz="h3" mb={lead === undefined ? "md" : 4}>
            {title}
          </Title>
          {lead !== undefined && (
            <Text c="dimmed" size="sm" mb="md">
              {lead}
            </Text>
          )}
          {children}
        </Paper>
      </Stack>
    </Center>
  );
}
