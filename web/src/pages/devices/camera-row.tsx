import { ActionIcon, Checkbox, Group, Skeleton, Stack, Table, Text, Tooltip } from "@mantine/core";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { MonitorPlay, Pencil, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery, schedulesQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { formatBitrate, formatNumber, videoCodecName } from "../../i18n/quantities.ts";
import { scheduleName } from "../../recording-settings/setting-text.ts";
import { ActionLink } from "../../shell/router-links.tsx";
import { CameraState } from "./camera-state.tsx";
import classes from "./camera-table.module.css";
import { RecordMenu } from "./record-menu.tsx";

interface CameraRowProps {
  readonly camera: Camera;
  readonly groupName: string | null;
  readonly mayEdit: boolean;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onDelete: () => void;
}

/** One camera: its settings and what it does now, kept up to date by live events. */
export function CameraRow({ camera, groupName, mayEdit, selected, onSelect, onDelete }: CameraRowProps) {
  const { t, i18n } = useTranslation();
  const { data: status, isPending } = useQuery(cameraStatusQuery(camera.id));
  const mayControl = useHasPermission("recordings.control");
  const bitrate = status?.bitrate_bps ?? null;
  return (
    <Table.Tr data-testid={`camera-${camera.id}`}>
      {mayEdit && (
        <Table.Td className={classes.check ?? ""}>
          <Checkbox
            size="xs"
            aria-label={t("bulk.select", { name: camera.name })}
            checked={selected}
            onChange={onSelect}
          />
        </Table.Td>
      )}
      <Table.Td>
        <Stack gap={0} style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {camera.name}
          </Text>
          <Text size="xs" c="dimmed">
            {groupName ?? hostOf(camera)}
          </Text>
        </Stack>
      </Table.Td>
      <Cell label={t("devices.state")} state>
        {isPending ? <Skeleton h={16} w={96} /> : <CameraState camera={camera} status={status} />}
      </Cell>
      <Cell label={t("devices.mode")}>
        <Mode camera={camera} />
      </Cell>
      <Cell label={t("devices.bitrate")} end>
        {bitrate === null ? <Nothing /> : formatBitrate(t, bitrate, i18n.language)}
      </Cell>
      <Cell label={t("devices.video")}>
        <Video status={status} />
      </Cell>
      <Cell label={t("devices.audio")}>
        {status?.video_codec == null ? <Nothing /> : (status.audio_codec?.toUpperCase() ?? t("devices.noSound"))}
      </Cell>
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end" w="100%">
          {mayControl && <RecordMenu camera={camera} status={status} />}
          <Action label={t("devices.play", { name: camera.name })}>
            <ActionLink
              to="/playback"
              search={{ camera: camera.id }}
              size="lg"
              aria-label={t("devices.play", { name: camera.name })}
            >
              <MonitorPlay size={18} />
            </ActionLink>
          </Action>
          {mayEdit && (
            <>
              <Action label={t("devices.edit", { name: camera.name })}>
                <ActionLink
                  to="/setup/devices/$cameraId"
                  params={{ cameraId: String(camera.id) }}
                  size="lg"
                  aria-label={t("devices.edit", { name: camera.name })}
                >
                  <Pencil size={18} />
                </ActionLink>
              </Action>
              <Action label={t("devices.remove", { name: camera.name })}>
                <ActionIcon size="lg" aria-label={t("devices.remove", { name: camera.name })} onClick={onDelete}>
                  <Trash2 size={18} />
                </ActionIcon>
              </Action>
            </>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

interface CellProps {
  readonly label: string;
  readonly end?: boolean;
  /** Sentences, which may take several lines; figures stay on one. */
  readonly state?: boolean;
  readonly children: ReactNode;
}

function Cell({ label, end = false, state = false, children }: CellProps) {
  return (
    <Table.Td ta={end ? "end" : "start"} className={`nj-figures ${state ? "" : (classes.figures ?? "")}`}>
      <span className={classes.label} aria-hidden>
        {label}
      </span>
      {children}
    </Table.Td>
  );
}

function Mode({ camera }: { readonly camera: Camera }) {
  const { t } = useTranslation();
  const { data: schedules = [] } = useQuery(schedulesQuery);
  const { mode, schedule_id } = camera.effective.recording;
  return (
    <Stack gap={0}>
      <Text size="sm">{t(`mode.${mode}`)}</Text>
      {mode === "scheduled" && (
        <Text size="xs" c="dimmed">
          {scheduleName(t, schedule_id, schedules)}
        </Text>
      )}
    </Stack>
  );
}

function Video({ status }: { readonly status: CameraStatus | undefined }) {
  const { t, i18n } = useTranslation();
  if (status?.video_codec == null) return <Nothing />;
  const size = status.width === null || status.height === null ? [] : [`${status.width} × ${status.height}`];
  const fps = status.fps === null ? [] : [t("unit.fps", { value: formatNumber(status.fps, i18n.language) })];
  return (
    <Stack gap={0}>
      <Text size="sm">{videoCodecName(status.video_codec)}</Text>
      <Text size="xs" c="dimmed">
        {[...size, ...fps].join(" · ")}
      </Text>
    </Stack>
  );
}

function Action({
  label,
  children,
}: {
  readonly label: string;
  readonly children: React.ReactElement<{ ref?: unknown }>;
}) {
  return <Tooltip label={label}>{children}</Tooltip>;
}

function Nothing() {
  return (
    <Text component="span" c="dimmed" aria-hidden>
      –
    </Text>
  );
}

function hostOf(camera: Camera): string {
  const { url } = camera.streams.main;
  return URL.canParse(url) ? new URL(url).host || url : url;
}
