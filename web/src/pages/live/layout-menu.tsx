import { Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown, LayoutGrid, Save, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Layout } from "./layouts.ts";
import type { LayoutActions } from "./use-layout.ts";

const LONGEST_NAME = 40;

interface LayoutMenuProps {
  readonly layout: Layout;
  readonly layouts: LayoutActions;
  readonly name: string | null;
}

/** The layouts that were kept: show one, keep what is shown, forget one. */
export function LayoutMenu({ layout, layouts, name }: LayoutMenuProps) {
  const { t } = useTranslation();
  const [saving, dialog] = useDisclosure(false);
  const { saved } = layouts.choice;
  const shown = name ?? t(layout.cameras === null ? "live.allCameras" : "live.ownChoice");
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button
            size="compact-md"
            variant="default"
            aria-label={t("live.layoutIs", { name: shown })}
            rightSection={<ChevronDown size={14} aria-hidden />}
          >
            <Text span size="sm" truncate maw={140}>
              {shown}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<LayoutGrid size={16} aria-hidden />} onClick={() => layouts.show(null)}>
            {t("live.allCameras")}
          </Menu.Item>
          {saved.map((one) => (
            <Menu.Item
              key={one.name}
              leftSection={<LayoutGrid size={16} aria-hidden />}
              onClick={() => layouts.show({ size: one.size, cameras: one.cameras })}
            >
              {one.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Save size={16} aria-hidden />} onClick={dialog.open}>
            {t("live.saveLayout")}
          </Menu.Item>
          {name !== null && (
            <Menu.Item leftSection={<Trash2 size={16} aria-hidden />} onClick={() => layouts.remove(name)}>
              {t("live.removeLayout", { name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <SaveDialog opened={saving} onClose={dialog.close} onSave={(given) => layouts.save({ ...layout, name: given })} />
    </>
  );
}

interface SaveDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSave: (name: string) => void;
}

function SaveDialog({ opened, onClose, onSave }: SaveDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const given = name.trim();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("live.saveTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given === "") return;
          onSave(given);
          onClose();
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {t("live.saveHint")}
          </Text>
          <TextInput
            label={t("live.layoutName")}
            value={name}
            maxLength={LONGEST_NAME}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" disabled={given === ""}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
