import { PasswordInput, SimpleGrid, TextInput } from "@mantine/core";
import type { ShareType } from "@nightjar/api/share";
import { useTranslation } from "react-i18next";
import { SHARE_FIELDS, type ShareDraft, type ShareField } from "./share-draft.ts";

interface ShareFieldsProps {
  readonly type: ShareType;
  readonly draft: ShareDraft;
  readonly hasPassword: boolean;
  readonly onChange: (field: ShareField, typed: string) => void;
}

/** What a kind of share must be given to be reached. */
export function ShareFields({ type, draft, hasPassword, onChange }: ShareFieldsProps) {
  const { t } = useTranslation();
  const label = (field: ShareField): string => {
    if (type === "s3" && field === "username") return t("storage.share.field.accessKey");
    if (type === "s3" && field === "password") return t("storage.share.field.secretKey");
    return t(`storage.share.field.${field}`);
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
      {SHARE_FIELDS[type].map((field) => {
        const common = {
          label: label(field),
          value: draft.fields[type][field] ?? "",
          onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
            onChange(field, event.currentTarget.value),
        };
        return field === "password" ? (
          <PasswordInput
            key={field}
            {...common}
            autoComplete="new-password"
            placeholder={hasPassword ? t("camera.passwordKept") : ""}
          />
        ) : (
          <TextInput
            key={field}
            {...common}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            inputMode={field === "port" ? "numeric" : "text"}
            description={field === "host_key" ? t("storage.share.hostKeyHint") : undefined}
            inputWrapperOrder={["label", "input", "description", "error"]}
          />
        );
      })}
    </SimpleGrid>
  );
}
