import { Menu, ScrollArea } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { Cctv, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface CameraMenuProps {
  readonly cameras: readonly Camera[];
  /** The one that is there now; it can be taken out. */
  readonly present?: Camera;
  readonly onChoose: (camera: number | null) => void;
  /** What opens it. */
  readonly children: ReactNode;
}

/** Which camera a place of the grid shows. */
export function CameraMenu({ cameras, present, onChoose, children }: CameraMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={320} type="auto">
          {cameras
            .filter(({ id }) => id !== present?.id)
            .map(({ id, name }) => (
              <Menu.Item key={id} leftSection={<Cctv size={16} aria-hidden />} onClick={() => onChoose(id)}>
                {name}
              </Menu.Item>
            ))}
        </ScrollArea.Autosize>
        {present !== undefined && (
          <>
            {cameras.length > 1 && <Menu.Divider />}
            <Menu.Item leftSection={<X size={16} aria-hidden />} onClick={() => onChoose(null)}>
              {t("live.leaveEmpty")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
