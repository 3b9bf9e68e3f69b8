import { Menu, Text, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ApiError } from "@nightjar/api/client";
import { authRoutes } from "@nightjar/api/routes";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { queryKeys } from "../api/query-keys.ts";
import { useMe } from "../api/use-session.ts";
import { errorText } from "../i18n/error-text.ts";
import classes from "./user-menu.module.css";

/** Who is signed in, and the way out. */
export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const router = useRouter();
  const signOut = async () => {
    try {
      await call(authRoutes.logout, {});
    } catch (error) {
      const ended = error instanceof ApiError && error.status === 401;
      if (!ended) {
        notifications.show({ color: "red", message: errorText(t, error) });
        return;
      }
    }
    await router.navigate({ to: "/sign-in", search: {} });
    client.clear();
    client.setQueryData(queryKeys.me, null);
  };
  return (
    <Menu position="top-start" withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.button ?? ""} aria-label={t("shell.userMenu", { name: me?.username ?? "" })}>
          <span className={classes.initial} aria-hidden>
            {(me?.username ?? "?").slice(0, 1).toUpperCase()}
          </span>
          <Text size="sm" truncate>
            {me?.username}
          </Text>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me?.role} · {me?.tenant.name}
        </Menu.Label>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void signOut()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
