import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { CircleDot, CircleStop, History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { KeepDialog } from "./keep-dialog.tsx";
import { useRecord } from "./use-record.ts";

const FIVE_MINUTES_SECONDS = 300;
const HOUR_SECONDS = 3600;

interface RecordMenuProps {
  readonly camera: Camera;
  readonly status: CameraStatus | undefined;
}

/** Recording by hand, over every mode: start for a while or until stopped, stop, keep what is in the buffer. */
export function RecordMenu({ camera, status }: RecordMenuProps) {
  const { t } = useTranslation();
  const record = useRecord(camera);
  const [keeping, keep] = useDisclosure(false);
  const label = t("record.menu", { name: camera.name });
  const start = (seconds?: number) => record.mutate({ action: "start", ...(seconds === undefined ? {} : { seconds }) });
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Tooltip label={label}>
            <ActionIcon size="lg" aria-label={label} loading={record.isPending} disabled={!camera.enabled}>
              <CircleDot size={18} color="var(--nj-record)" />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {status?.recording_kind === "manual" ? (
            <Menu.Item
              leftSection={<CircleStop size={16} aria-hidden />}
              onClick={() => record.mutate({ action: "stop" })}
            >
              {t("record.stop")}
            </Menu.Item>
          ) : (
            <>
              <Menu.Item leftSection={<CircleDot size={16} aria-hidden />} onClick={() => start()}>
                {t("record.start")}
              </Menu.Item>
              <Menu.Item leftSection={<CircleDot size={16} aria-hidden />} onClick={() => start(FIVE_MINUTES_SECONDS)}>
                {t("record.startForMinutes", { count: FIVE_MINUTES_SECONDS / 60 })}
              </Menu.Item>
              <Menu.Item leftSection={<CircleDot size={16} aria-hidden />} onClick={() => start(HOUR_SECONDS)}>
                {t("record.startForHour")}
              </Menu.Item>
            </>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<History size={16} aria-hidden />} onClick={keep.open}>
            {t("record.keep")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <KeepDialog camera={camera} opened={keeping} onClose={keep.close} />
    </>
  );
}
