import { Table } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { groupsQuery } from "../../api/queries.ts";
import { CameraRow } from "./camera-row.tsx";
import classes from "./camera-table.module.css";

interface CameraTableProps {
  readonly cameras: readonly Camera[];
  readonly mayEdit: boolean;
  readonly onDelete: (camera: Camera) => void;
}

/** The cameras by name; on a phone each row becomes a card. */
export function CameraTable({ cameras, mayEdit, onDelete }: CameraTableProps) {
  const { t, i18n } = useTranslation();
  const { data: groups = [] } = useQuery(groupsQuery);
  const inOrder = [...cameras].sort((a, b) => a.name.localeCompare(b.name, i18n.language, { numeric: true }));
  return (
    <Table className={classes.table ?? ""} verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("devices.camera")}</Table.Th>
          <Table.Th>{t("devices.state")}</Table.Th>
          <Table.Th>{t("devices.mode")}</Table.Th>
          <Table.Th ta="end">{t("devices.bitrate")}</Table.Th>
          <Table.Th>{t("devices.video")}</Table.Th>
          <Table.Th>{t("devices.audio")}</Table.Th>
          <Table.Th w={120} ta="end">
            {t("devices.actions")}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {inOrder.map((camera) => (
          <CameraRow
            key={camera.id}
            camera={camera}
            groupName={groups.find((group) => group.id === camera.group_id)?.name ?? null}
            mayEdit={mayEdit}
            onDelete={() => onDelete(camera)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
