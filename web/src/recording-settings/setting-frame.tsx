import { Box, Button } from "@mantine/core";
import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface SettingFrameProps {
  readonly label: string;
  /** The way back to the inherited value; absent where the value is inherited already, or nothing is inherited. */
  readonly onInherit?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A field with the way back to its inherited value on the line of its label, so that nothing moves when it comes and goes. */
export function SettingFrame({ label, onInherit, children }: SettingFrameProps) {
  const { t } = useTranslation();
  return (
    <Box pos="relative">
      {children}
      {onInherit !== undefined && (
        <Button
          pos="absolute"
          top={0}
          right={0}
          size="compact-xs"
          variant="subtle"
          leftSection={<Undo2 size={12} aria-hidden />}
          aria-label={t("recordingSettings.inheritField", { field: label })}
          title={t("recordingSettings.inheritField", { field: label })}
          onClick={onInherit}
        >
          {t("recordingSettings.inherit")}
        </Button>
      )}
    </Box>
  );
}
