import { Fieldset, PasswordInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { splitCredentials } from "./camera-form-values.ts";
import type { CameraForm } from "./use-camera-form.ts";

interface ConnectionFieldsProps {
  readonly form: CameraForm;
  readonly hasPassword: boolean;
  /** The sub stream may be given too. */
  readonly withSub?: boolean;
  /** User name and password are whole and may be tried. */
  readonly onCredentials: (credentials: { username: string; password: string }) => void;
}

/** Address and credentials. */
export function ConnectionFields({ form, hasPassword, withSub = false, onCredentials }: ConnectionFieldsProps) {
  const { t } = useTranslation();
  const transportLabel = useId();
  const typeUrl = (typed: string) => {
    const parts = splitCredentials(typed);
    if (parts === null) return form.setFieldValue("url", typed);
    form.setValues(parts);
    onCredentials(parts);
  };
  return (
    <Fieldset legend={t("camera.connection")}>
      <Stack gap="sm">
        <TextInput
          label={t("camera.url")}
          description={t("camera.urlHint")}
          placeholder="rtsp://"
          required
          withAsterisk={false}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          inputMode="url"
          {...form.getInputProps("url")}
          onChange={(event) => typeUrl(event.currentTarget.value)}
          onBlur={() => onCredentials(form.values)}
        />
        {withSub && (
          <TextInput
            label={t("camera.subUrl")}
            description={t("camera.subUrlHint")}
            placeholder="rtsp://"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            inputMode="url"
            {...form.getInputProps("subUrl")}
          />
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <TextInput
            label={t("camera.username")}
            autoComplete="off"
            autoCapitalize="none"
            {...form.getInputProps("username")}
            onBlur={() => onCredentials(form.values)}
          />
          <PasswordInput
            label={t("camera.password")}
            autoComplete="new-password"
            placeholder={hasPassword ? "••••••••" : ""}
            {...form.getInputProps("password")}
            onBlur={() => onCredentials(form.values)}
          />
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {hasPassword ? `${t("camera.passwordKept")} ` : ""}
          {t("probe.credentials")}
        </Text>
        <div>
          <Text size="sm" fw={500} id={transportLabel} mb={4}>
            {t("camera.transport")}
          </Text>
          <SegmentedControl
            aria-labelledby={transportLabel}
            data={[
              { value: "tcp", label: t("camera.transportTcp") },
              { value: "udp", label: t("camera.transportUdp") },
            ]}
            {...form.getInputProps("transport")}
          />
        </div>
      </Stack>
    </Fieldset>
  );
}
