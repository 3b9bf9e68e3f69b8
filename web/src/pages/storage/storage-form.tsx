import { Alert, Button, Fieldset, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { settingsRoutes } from "@nightjar/api/routes";
import type { StorageSettings } from "@nightjar/api/settings";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { DecimalInput } from "../../shell/decimal-input.tsx";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { useDeletionWarning } from "../../storage/use-deletion-warning.tsx";
import { Section } from "./section.tsx";
import {
  missingNumbers,
  type StorageDraft,
  type StorageNumber,
  storageChanges,
  storageDraft,
} from "./storage-draft.ts";

const LIMITS: Record<StorageNumber, { readonly min: number; readonly max: number; readonly allowDecimal: boolean }> = {
  days: { min: 0, max: 36_500, allowDecimal: true },
  hours: { min: 0, max: 23, allowDecimal: false },
  minutes: { min: 0, max: 59, allowDecimal: false },
  minimum_retention_days: { min: 0, max: 1_000_000, allowDecimal: true },
  max_storage_gb: { min: 0, max: 1_000_000, allowDecimal: true },
  low_space_percent: { min: 1, max: 90, allowDecimal: true },
};

/** How long footage is kept and how much it may take. What a change would delete is said before it is saved. */
export function StorageForm({ storage }: { readonly storage: StorageSettings }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const warning = useDeletionWarning();
  const [changed, setChanged] = useState<Partial<StorageDraft>>({});
  const before = storageDraft(storage);
  const draft = { ...before, ...changed };
  const missing = missingNumbers(draft);
  const changes = storageChanges(before, draft);
  const isChanged = missing.length > 0 || Object.keys(changes).length > 0;
  const save = useMutation({
    mutationFn: async () => {
      const body = { storage: changes };
      return (await warning.mayChange({ settings: body })) ? call(settingsRoutes.updateRecording, { body }) : null;
    },
    onSuccess: (saved) => {
      if (saved === null) return;
      client.setQueryData(queryKeys.recordingSettings, saved);
      void client.invalidateQueries({ queryKey: queryKeys.storage });
      setChanged({});
      notifications.show({ color: "green", message: t("storage.saved") });
    },
  });
  // A customer of the installation does not see where it keeps its files, nor may he change its limits.
  if (storage.path === "")
    return (
      <Section title={t("storage.limits")}>
        <Alert color="gray" variant="light" icon={<Info size={18} />}>
          {t("storage.notYours")}
        </Alert>
      </Section>
    );
  return (
    <Section title={t("storage.limits")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (missing.length === 0 && isChanged) save.mutate();
        }}
      >
        <Stack gap="lg">
          <LimitFields
            draft={draft}
            missing={missing}
            onChange={(change) => setChanged((known) => ({ ...known, ...change }))}
          />
          <FormError error={save.error} />
          <SaveBar isChanged={isChanged}>
            <Button type="submit" loading={save.isPending}>
              {t("common.save")}
            </Button>
          </SaveBar>
        </Stack>
      </form>
      {warning.dialog}
    </Section>
  );
}

interface FieldsProps {
  readonly draft: StorageDraft;
  readonly missing: readonly StorageNumber[];
  readonly onChange: (change: Partial<StorageDraft>) => void;
}

function LimitFields({ draft, missing, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const number = (name: StorageNumber) => <NumberField {...{ name, draft, missing, onChange }} />;
  return (
    <>
      <Fieldset legend={t("storage.howLong")}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 3, sm: 6 }} spacing="sm">
            {number("days")}
            {number("hours")}
            {number("minutes")}
          </SimpleGrid>
          <Text size="xs" c="dimmed">
            {t("storage.hint.retention")}
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
            {number("minimum_retention_days")}
          </SimpleGrid>
        </Stack>
      </Fieldset>
      <Fieldset legend={t("storage.howMuch")}>
        <Stack gap="lg">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
            {number("max_storage_gb")}
            {number("low_space_percent")}
          </SimpleGrid>
          <Switch
            label={t("storage.field.auto_delete")}
            description={t(draft.auto_delete ? "storage.hint.autoDeleteOn" : "storage.hint.autoDeleteOff")}
            checked={draft.auto_delete}
            onChange={(event) => onChange({ auto_delete: event.currentTarget.checked })}
          />
        </Stack>
      </Fieldset>
      <Fieldset legend={t("storage.where")}>
        <TextInput
          label={t("storage.field.path")}
          description={t("storage.hint.path")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.path}
          onChange={(event) => onChange({ path: event.currentTarget.value })}
        />
      </Fieldset>
    </>
  );
}

const WITH_HINT = ["minimum_retention_days", "max_storage_gb", "low_space_percent"] as const;
const SUFFIXES = {
  minimum_retention_days: "storage.suffix.days",
  max_storage_gb: "storage.suffix.gb",
  low_space_percent: "storage.suffix.percent",
} as const;

function NumberField({ name, draft, missing, onChange }: FieldsProps & { readonly name: StorageNumber }) {
  const { t } = useTranslation();
  const hinted = WITH_HINT.find((one) => one === name);
  return (
    <DecimalInput
      {...LIMITS[name]}
      label={t(`storage.field.${name}`)}
      description={hinted === undefined ? undefined : t(`storage.hint.${hinted}`)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      error={missing.includes(name) ? t("camera.required") : undefined}
      allowNegative={false}
      suffix={hinted === undefined ? "" : ` ${t(SUFFIXES[hinted])}`}
      value={draft[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  );
}
