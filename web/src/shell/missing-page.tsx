import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MessagePanel } from "./message-panel.tsx";
import { ButtonLink } from "./router-links.tsx";

/** For an address that leads nowhere. */
export function MissingPage() {
  const { t } = useTranslation();
  return (
    <MessagePanel icon={<MapPinOff size={36} />} title={t("shell.notFound")} hint={t("shell.notFoundHint")}>
      <ButtonLink to="/playback" variant="default">
        {t("shell.toPlayback")}
      </ButtonLink>
    </MessagePanel>
  );
}
