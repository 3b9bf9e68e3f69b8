import { Checkbox, Table } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { groupsQuery } from "../../api/queries.ts";
import { CameraRow } from "./camera-row.tsx";
import classes from "./camera-table.module.css";

interface CameraTableProps {
  readonly cameras: readonly Camera[];
  readonly mayEdit: boolean;
  readonly selectedIds: ReadonlySet<number>;
  readonly onSelect: (ids: ReadonlySet<number>) => void;
  readonly onDelete: (camera: Camera) => void;
}

/** The cameras by name; on a phone each row becomes a card. */
export function CameraTable({ cameras, mayEdit, selectedIds, onSelect, onDelete }: CameraTableProps) {
  const { t, i18n } = useTranslation();
  const { data: groups = [] } = useQuery(groupsQuery);
  const inOrder = [...cameras].sort((a, b) => a.name.localeCompare(b.name, i18n.language, { numeric: true }));
  const isAll = selectedIds.size === cameras.length;
  const toggle = (id: number) => {
    const ids = new Set(selectedIds);
    if (!ids.delete(id)) ids.add(id);
    onSelect(ids);
  };
  return (
    <Table className={classes.table ?? ""} verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          {mayEdit && (
            <Table.Th w={40}>
              <Checkbox
                size="xs"
                aria-label={t("bulk.selectAll")}
                checked={isAll}
                indeterminate={selectedIds.size > 0 && !isAll}
                onChange={() => onSelect(new Set(isAll ? [] : cameras.map(({ id }) => id)))}
              />
            </Table.Th>
          )}
          <Table.Th>{t("devices.camera")}</Table.Th>
          <Table.Th>{t("devices.state")}</Table.Th>
          <Table.Th>{t("devices.mode")}</Table.Th>
          <Table.Th ta="end">{t("devices.bitrate")}</Table.Th>
          <Table.Th>{t("devices.video")}</Table.Th>
          <Table.Th>{t("devices.audio")}</Table.Th>
          <Table.Th w={160} ta="end">
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
            selected={selectedIds.has(camera.id)}
            onSelect={() => toggle(camera.id)}
            onDelete={() => onDelete(camera)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
