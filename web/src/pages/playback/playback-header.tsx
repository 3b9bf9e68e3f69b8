import { Button, Drawer, Group, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Camera } from "@nightjar/api/camera";
import { CalendarDays } from "lucide-react";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { WallTime } from "../../player/wall-time.ts";
import classes from "./playback.module.css";
import { WallTimeText } from "./wall-time-text.tsx";

interface PlaybackHeaderProps {
  readonly cameras: readonly Camera[];
  readonly zone: string;
  readonly wallTime: WallTime | null;
  /** Camera tree and calendar, behind a button where there is no room beside the picture. */
  readonly side: ReactNode;
}

/** Which cameras, which moment. */
export const PlaybackHeader = memo(function PlaybackHeader({ cameras, zone, wallTime, side }: PlaybackHeaderProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Group className={classes.header ?? ""} gap="sm" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" className={classes.title ?? ""}>
        <Title order={1} fz="md" lineClamp={1}>
          {cameras.map(({ name }) => name).join(", ")}
        </Title>
        <Text component="span" c="dimmed" aria-hidden className={classes.dot ?? ""}>
          ·
        </Text>
        <WallTimeText wallTime={wallTime} zone={zone} />
      </Group>
      <Button
        hiddenFrom="md"
        ml="auto"
        size="compact-md"
        variant="default"
        px="xs"
        aria-label={`${t("playback.choose")}, ${t("playback.openCalendar")}`}
        onClick={open}
      >
        <CalendarDays size={18} aria-hidden />
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        position="right"
        size={300}
        padding={0}
        title={<Text px="md">{t("playback.title")}</Text>}
        closeButtonProps={{ "aria-label": t("common.close"), mr: "md" }}
      >
        {side}
      </Drawer>
    </Group>
  );
});
