import { Group, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useConnectionState } from "../api/live.ts";
import classes from "./connection-banner.module.css";

/** A thin strip while the server does not answer; it goes by itself. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const state = useConnectionState();
  return (
    <div role="status" data-testid="connection" data-state={state}>
      {state === "lost" && (
        <Group className={classes.banner ?? ""} gap="xs" wrap="nowrap">
          <Loader size={14} color="currentColor" />
          <Text size="sm" fw={500}>
            {t("shell.connectionLost")}
          </Text>
          <Text size="sm" visibleFrom="md" className={classes.hint ?? ""}>
            {t("shell.connectionLostHint")}
          </Text>
        </Group>
      )}
    </div>
  );
}
