import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { NewPassword, Username } from "@nightjar/api/access";
import { authRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { FormError } from "../../shell/form-error.tsx";

/** Whoever can read the server's output, and so has its setup code, becomes the administrator. */
export function AdministratorStep() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { setup_code: "", username: "", password: "", repeat: "" },
    validate: {
      setup_code: (value) => (value.trim() === "" ? t("signIn.required") : null),
      username: (value) => (Username.safeParse(value).success ? null : t("firstRun.usernameWrong")),
      password: (value) => (NewPassword.safeParse(value).success ? null : t("firstRun.tooShort")),
      repeat: (value, { password }) => (value === password ? null : t("firstRun.repeatWrong")),
    },
  });
  const create = useMutation({
    mutationFn: ({ setup_code, username, password }: typeof form.values) =>
      call(authRoutes.setup, { body: { setup_code, username, password } }),
    onSuccess: async ({ user }) => {
      client.setQueryData(queryKeys.me, user);
      await navigate({ to: "/first-run", search: { step: "camera" } });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
      <Stack>
        <FormError error={create.error} />
        <TextInput
          label={t("firstRun.setupCode")}
          description={t("firstRun.setupCodeHint")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps("setup_code")}
        />
        <TextInput
          label={t("firstRun.username")}
          autoComplete="username"
          autoCapitalize="none"
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label={t("firstRun.password")}
          description={t("firstRun.passwordHint")}
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        <PasswordInput label={t("firstRun.repeat")} autoComplete="new-password" {...form.getInputProps("repeat")} />
        <Button type="submit" loading={create.isPending}>
          {t("firstRun.createAdministrator")}
        </Button>
      </Stack>
    </form>
  );
}
