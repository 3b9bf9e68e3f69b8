import { Anchor, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** The frame of the pages below Devices: the way back, the title, the content. */
export function DevicePageFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="sm" maw={1180}>
      <Anchor
        component={Link}
        to="/setup/devices"
        size="sm"
        c="dimmed"
        display="inline-flex"
        style={{ alignItems: "center", alignSelf: "start" }}
      >
        <ChevronLeft size={16} aria-hidden />
        {t("devices.back")}
      </Anchor>
      <Title order={1} fz="h3" mb="xs">
        {title}
      </Title>
      {children}
    </Stack>
  );
}
