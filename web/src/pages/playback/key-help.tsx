import { Group, Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** The keys of this page. */
export function KeyHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const shift = t("playback.key.shift");
  const rows = [
    { keys: [t("playback.key.space"), "K"], text: t("playback.key.play") },
    { keys: ["←", "→"], text: t("playback.key.frame") },
    { keys: [`${shift} ←`, `${shift} →`], text: t("playback.key.skip") },
    { keys: ["+", "-"], text: t("playback.key.zoom") },
    { keys: ["<", ">"], text: t("playback.key.speed") },
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
    </Modal>
  );
}
