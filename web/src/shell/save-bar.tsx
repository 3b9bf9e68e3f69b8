import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./save-bar.module.css";

/** The buttons at the end of a form; they stay in sight while it is longer than the window, and tell of what is not saved yet. */
export function SaveBar({ isChanged, children }: { readonly isChanged: boolean; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Group className={classes.bar ?? ""} gap="sm">
      {children}
      <Text size="sm" c="dimmed" role="status">
        {isChanged ? t("camera.unsaved") : ""}
      </Text>
    </Group>
  );
}
