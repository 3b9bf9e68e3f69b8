import { Center, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface MessagePanelProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly hint?: string | undefined;
  /** What a person can do about it. */
  readonly children?: ReactNode;
  /** An error is read out at once. */
  readonly isError?: boolean;
}

/** What stands where content would be: nothing there yet, or something went wrong; and what to do. */
export function MessagePanel({ icon, title, hint, children, isError = false }: MessagePanelProps) {
  return (
    <Center mih={260} p="lg" role={isError ? "alert" : undefined}>
      <Stack align="center" gap="sm" maw={440} ta="center">
        <Text component="span" c={isError ? "var(--mantine-color-error)" : "dimmed"} lh={0} aria-hidden>
          {icon}
        </Text>
        <Title order={2} fz="lg">
          {title}
        </Title>
        {hint !== undefined && (
          <Text c="dimmed" size="sm">
            {hint}
          </Text>
        )}
        {children}
      </Stack>
    </Center>
  );
}
