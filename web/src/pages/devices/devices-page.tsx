import { Button, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { CameraOff, CloudOff, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { errorText } from "../../i18n/error-text.ts";
import { MessagePanel } from "../../shell/message-panel.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { CameraTable } from "./camera-table.tsx";
import { DeleteCamera } from "./delete-camera.tsx";
import { SelectionBar } from "./selection-bar.tsx";

/** Setup › Devices: every camera with what it does now. */
export function DevicesPage() {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery);
  const mayEdit = useHasPermission("cameras.edit");
  const [deleting, setDeleting] = useState<Camera | null>(null);
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<number>>(new Set());
  const selected = cameras.data?.filter(({ id }) => selectedIds.has(id)) ?? [];
  return (
    <Stack p={{ base: "md", sm: "lg" }} gap="md">
      <Group justify="space-between" mih={36}>
        <Group gap="sm" align="baseline">
          <Title order={1} fz="h3">
            {t("devices.title")}
          </Title>
          {cameras.data !== undefined && cameras.data.length > 0 && (
            <Text c="dimmed" size="sm">
              {t("devices.count", { count: cameras.data.length })}
            </Text>
          )}
        </Group>
        {mayEdit && cameras.data !== undefined && cameras.data.length > 0 && <AddButton />}
      </Group>
      {cameras.isPending && <ListSkeleton />}
      {cameras.isError && cameras.data === undefined && (
        <MessagePanel
          isError
          icon={<CloudOff size={36} />}
          title={t("devices.loadFailed")}
          hint={errorText(t, cameras.error)}
        >
          <Button variant="default" onClick={() => void cameras.refetch()}>
            {t("common.retry")}
          </Button>
        </MessagePanel>
      )}
      {cameras.data?.length === 0 && (
        <MessagePanel
          icon={<CameraOff size={36} />}
          title={t("devices.empty")}
          hint={t(mayEdit ? "devices.emptyHint" : "devices.emptyViewer")}
        >
          {mayEdit && <AddButton />}
        </MessagePanel>
      )}
      {selected.length > 0 && <SelectionBar cameras={selected} onClear={() => setSelectedIds(new Set())} />}
      {cameras.data !== undefined && cameras.data.length > 0 && (
        <CameraTable
          cameras={cameras.data}
          mayEdit={mayEdit}
          selectedIds={new Set(selected.map(({ id }) => id))}
          onSelect={setSelectedIds}
          onDelete={setDeleting}
        />
      )}
      <DeleteCamera camera={deleting} onClose={() => setDeleting(null)} />
    </Stack>
  );
}

function AddButton() {
  const { t } = useTranslation();
  return (
    <ButtonLink to="/setup/devices/add" leftSection={<Plus size={16} aria-hidden />}>
      {t("devices.add")}
    </ButtonLink>
  );
}

function ListSkeleton() {
  const { t } = useTranslation();
  return (
    <Table role="status" aria-label={t("common.loading")}>
      <Table.Tbody>
        {["first", "second", "third"].map((row) => (
          <Table.Tr key={row}>
            <Table.Td h={56}>
              <Skeleton h={16} w="60%" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
