import { Center, Group, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A page that takes longer than a moment. */
export function PagePending() {
  const { t } = useTranslation();
  return (
    <Center mih={260}>
      <Group gap="sm" role="status">
        <Loader size="sm" />
        <Text c="dimmed" size="sm">
          {t("common.loading")}
        </Text>
      </Group>
    </Center>
  );
}
