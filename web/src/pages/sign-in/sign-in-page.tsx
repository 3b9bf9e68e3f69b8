import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { authRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { FormError } from "../../shell/form-error.tsx";
import { WelcomeFrame } from "../../shell/welcome-frame.tsx";

const route = getRouteApi("/sign-in");

/** User name and password; then to where the person wanted to go. */
export function SignInPage() {
  const { t } = useTranslation();
  const { to } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  const required = (value: string) => (value === "" ? t("signIn.required") : null);
  const form = useForm({
    initialValues: { username: "", password: "" },
    validate: { username: required, password: required },
  });
  const signIn = useMutation({
    mutationFn: (body: typeof form.values) => call(authRoutes.login, { body }),
    onSuccess: ({ user }) => {
      client.setQueryData(queryKeys.me, user);
      router.history.push(to ?? "/playback");
    },
    onError: () => form.setFieldValue("password", ""),
  });
  return (
    <WelcomeFrame title={t("signIn.title")} width={400}>
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <Stack>
          <FormError error={signIn.error} />
          <TextInput
            label={t("signIn.username")}
            autoComplete="username"
            autoCapitalize="none"
            data-autofocus
            autoFocus
            {...form.getInputProps("username")}
          />
          <PasswordInput
            label={t("signIn.password")}
            autoComplete="current-password"
            {...form.getInputProps("password")}
          />
          <Button type="submit" loading={signIn.isPending} mt="xs">
            {t("signIn.submit")}
          </Button>
        </Stack>
      </form>
    </WelcomeFrame>
  );
}
