import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Camera } from "@nightjar/api/camera";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./camera-table.module.css";
import { ModeDialog } from "./mode-dialog.tsx";

/** What can be done with the selected cameras. */
export function SelectionBar({
  cameras,
  onClear,
}: {
  readonly cameras: readonly Camera[];
  readonly onClear: () => void;
}) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  return (
    <Group className={classes.selection ?? ""} gap="sm">
      <Text size="sm" fw={600} role="status">
        {t("bulk.selected", { count: cameras.length })}
      </Text>
      <Button size="compact-sm" onClick={dialog.open}>
        {t("bulk.setMode")}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<X size={14} aria-hidden />}
        onClick={onClear}
      >
        {t("bulk.clear")}
      </Button>
      <ModeDialog
        cameras={cameras}
        opened={opened}
        onClose={dialog.close}
        onDone={() => {
          dialog.close();
          onClear();
        }}
      />
    </Group>
  );
}
