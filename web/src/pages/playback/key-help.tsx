import { Group, Kbd, Modal, Table, Text } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";

/** The keys of this page. */
export const KeyHelp = memo(function KeyHelp({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const shift = t("playback.key.shift");
  const rows = [
    { keys: [t("playback.key.space"), "K"], text: t("playback.key.play") },
    { keys: ["←", "→"], text: t("playback.key.frame") },
    { keys: [`${shift} ←`, `${shift} →`], text: t("playback.key.skip") },
    { keys: ["[", "]"], text: t("playback.key.recording") },
    { keys: ["+", "-"], text: t("playback.key.zoom") },
    { keys: [t("playback.key.pageUp"), t("playback.key.pageDown")], text: t("playback.key.pan") },
    { keys: ["<", ">"], text: t("playback.key.speed") },
    { keys: ["I", "O"], text: t("playback.key.mark") },
    { keys: ["L"], text: t("playback.key.lock") },
    { keys: ["S"], text: t("playback.key.snapshot") },
    { keys: ["M"], text: t("playback.key.mute") },
    { keys: ["F"], text: t("playback.key.fullscreen") },
    { keys: ["?"], text: t("playback.key.help") },
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("playback.keysTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Table withRowBorders={false} verticalSpacing={6}>
        <Table.Tbody>
          {rows.map(({ keys, text }) => (
            <Table.Tr key={text}>
              <Table.Td w={190}>
                <Group gap={6} wrap="nowrap">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{text}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed" mt="sm">
        {t("playback.key.buttons")}
      </Text>
    </Modal>
  );
});
