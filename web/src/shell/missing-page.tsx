import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MessagePanel } from "./message-panel.tsx";

/** For an address that leads nowhere. */
export function MissingPage() {
  const { t } = useTranslation();
  return (
    <MessagePanel icon={<MapPinOff size={36} />} title={t("shell.notFound")} hint={t("shell.notFoundHint")}>
      <Button component={Link} to="/playback" variant="default">
        {t("shell.toPlayback")}
      </Button>
    </MessagePanel>
  );
}
