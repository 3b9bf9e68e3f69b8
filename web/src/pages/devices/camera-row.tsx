import { ActionIcon, Group, Skeleton, Stack, Table, Text, Tooltip } from "@mantine/core";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { MonitorPlay, Pencil, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery } from "../../api/queries.ts";
import { formatBitrate, formatNumber, videoCodecName } from "../../i18n/quantities.ts";
import { ActionLink } from "../../shell/router-links.tsx";
import { CameraState } from "./camera-state.tsx";
import classes from "./camera-table.module.css";

interface CameraRowProps {
  readonly camera: Camera;
  readonly groupName: string | null;
  readonly mayEdit: boolean;
  readonly onDelete: () => void;
}

/** One camera: its settings and what it does now, kept up to date by live events. */
export function CameraRow({ camera, groupName, mayEdit, onDelete }: CameraRowProps) {
  const { t, i18n } = useTranslation();
  const { data: status, isPending } = useQuery(cameraStatusQuery(camera.id));
  const bitrate = status?.bitrate_bps ?? null;
  return (
    <Table.Tr data-testid={`camera-${camera.id}`}>
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
        {isPending ? <Skeleton h={16} w={96} /> : <CameraState status={status} />}
      </Cell>
      <Cell label={t("devices.mode")}>{t(`mode.${camera.effective.recording.mode}`)}</Cell>
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
