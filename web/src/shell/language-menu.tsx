import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Check, Languages } from "lucide-react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n/i18n.ts";

/** The languages by their own names; remembered on this device. */
export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const choose = (language: Language) => {
    chooseLanguage(language).catch(() => notifications.show({ color: "red", message: t("error.unreachable") }));
  };
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t("shell.language")} title={t("shell.language")}>
          <Languages size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map(({ code, name }) => (
          <Menu.Item
            key={code}
            lang={code}
            aria-current={i18n.language === code}
            rightSection={i18n.language === code ? <Check size={14} aria-hidden /> : null}
            onClick={() => choose(code)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
