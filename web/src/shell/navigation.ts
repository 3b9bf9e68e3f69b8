import type { Permission } from "@nightjar/api/permission";
import {
  CalendarClock,
  Camera,
  CircleDot,
  FolderDown,
  HardDrive,
  LayoutGrid,
  type LucideIcon,
  MonitorPlay,
} from "lucide-react";

type Path =
  | "/live"
  | "/playback"
  | "/export"
  | "/setup/devices"
  | "/setup/recording"
  | "/setup/storage"
  | "/setup/schedules";
type Label =
  | "shell.live"
  | "shell.playback"
  | "shell.export"
  | "shell.setup"
  | "shell.devices"
  | "shell.recording"
  | "shell.storage"
  | "shell.schedules";

/** A page in the sidebar. It is shown to those who have the permission. */
export interface NavigationLeaf {
  readonly to: Path;
  readonly label: Label;
  readonly icon: LucideIcon;
  readonly permission: Permission;
}

/** Pages that belong together under one heading. */
export interface NavigationSection {
  readonly label: Label;
  readonly pages: readonly NavigationLeaf[];
}

/** The sidebar, top to bottom. */
export const SECTIONS: readonly (NavigationLeaf | NavigationSection)[] = [
  { to: "/live", label: "shell.live", icon: LayoutGrid, permission: "recordings.view" },
  { to: "/playback", label: "shell.playback", icon: MonitorPlay, permission: "recordings.view" },
  { to: "/export", label: "shell.export", icon: FolderDown, permission: "recordings.export" },
  {
    label: "shell.setup",
    pages: [
      { to: "/setup/devices", label: "shell.devices", icon: Camera, permission: "recordings.view" },
      { to: "/setup/recording", label: "shell.recording", icon: CircleDot, permission: "settings.edit" },
      { to: "/setup/storage", label: "shell.storage", icon: HardDrive, permission: "settings.edit" },
      { to: "/setup/schedules", label: "shell.schedules", icon: CalendarClock, permission: "recordings.view" },
    ],
  },
];
