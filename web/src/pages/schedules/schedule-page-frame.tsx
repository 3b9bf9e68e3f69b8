import { Stack, Title } from "@mantine/core";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "../../shell/router-links.tsx";

/** The frame of the pages below Schedules: the way back, the title, the content. */
export function SchedulePageFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="sm" maw={1180}>
      <AnchorLink
        to="/setup/schedules"
        size="sm"
        c="dimmed"
        display="inline-flex"
        style={{ alignItems: "center", alignSelf: "start" }}
      >
        <ChevronLeft size={16} aria-hidden />
        {t("schedules.back")}
      </AnchorLink>
      <Title order={1} fz="h3" mb="xs">
        {title}
      </Title>
      {children}
    </Stack>
  );
}
