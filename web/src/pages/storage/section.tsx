import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}

/** A part of the page under its own heading. */
export function Section({ title, hint, children }: SectionProps) {
  return (
    <Stack component="section" aria-label={title} gap="xs">
      <div>
        <Title order={2} fz="md">
          {title}
        </Title>
        {hint !== undefined && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
