import { Alert, Button, Fieldset, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { settingsRoutes } from "@nightjar/api/routes";
import type { StorageSettings } from "@nightjar/api/settings";
import { type ShareState, type ShareTestResult, STORAGE_TYPES, type StorageType } from "@nightjar/api/share";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { DecimalInput } from "../../shell/decimal-input.tsx";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { Section } from "./section.tsx";
import { type ShareDraft, type ShareField, shareChange, shareDraft, shareOf } from "./share-draft.ts";
import { ShareFields } from "./share-fields.tsx";
import { ShareStateCard } from "./share-state.tsx";

interface ShareSectionProps {
  readonly storage: StorageSettings;
  /** null: none was ever set. */
  readonly share: ShareState | null;
}

/** Whether footage goes to a network share, to which, and how that goes. Customers of the installation see nothing of it. */
export function ShareSection({ storage, share }: ShareSectionProps) {
  const { t } = useTranslation();
  if (storage.path === "") return null;
  return (
    <Section title={t("storage.share.title")} hint={t("storage.share.lead")}>
      {share !== null && <ShareStateCard share={share} />}
      <ShareForm storage={storage} />
    </Section>
  );
}

function ShareForm({ storage }: { readonly storage: StorageSettings }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const before = shareDraft(storage);
  const [typed, setTyped] = useState<ShareDraft | null>(null);
  const draft = typed ?? before;
  const { type } = draft;
  const change = shareChange(draft);
  const test = useMutation({
    mutationFn: () =>
      type === "local" ? Promise.resolve(null) : call(settingsRoutes.testShare, { body: shareOf(draft, type) }),
  });
  const save = useMutation({
    mutationFn: () => call(settingsRoutes.updateRecording, { body: { storage: change ?? {} } }),
    onSuccess: (saved) => {
      client.setQueryData(queryKeys.recordingSettings, saved);
      void client.invalidateQueries({ queryKey: queryKeys.storage });
      setTyped(null);
      notifications.show({ color: "green", message: t("storage.share.saved") });
    },
  });
  const update = (next: ShareDraft): void => {
    setTyped(next);
    test.reset();
  };
  const updateField = (field: ShareField, value: string): void => {
    if (type === "local") return;
    update({ ...draft, fields: { ...draft.fields, [type]: { ...draft.fields[type], [field]: value } } });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (change !== null) save.mutate();
      }}
    >
      <Stack gap="lg">
        <TypeChoice type={type} onChange={(next) => update({ ...draft, type: next })} />
        {type !== "local" && (
          <Fieldset legend={t(`storage.share.type.${type}`)}>
            <Stack gap="md">
              <ShareFields
                {...{ type, draft }}
                hasPassword={storage[type]?.has_password ?? false}
                onChange={updateField}
              />
              <SpoolField value={draft.spoolGb} onChange={(spoolGb) => update({ ...draft, spoolGb })} />
              <Group>
                <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
                  {t("storage.share.test")}
                </Button>
              </Group>
              <TestResult result={test.data ?? null} />
              <FormError error={test.error} />
            </Stack>
          </Fieldset>
        )}
        <FormError error={save.error} />
        <SaveBar isChanged={typed !== null}>
          <Button type="submit" loading={save.isPending} disabled={typed === null || change === null}>
            {t("storage.share.save")}
          </Button>
        </SaveBar>
      </Stack>
    </form>
  );
}

function TypeChoice({
  type,
  onChange,
}: {
  readonly type: StorageType;
  readonly onChange: (type: StorageType) => void;
}) {
  const { t } = useTranslation();
  const choices = STORAGE_TYPES.map((value) => ({ value, label: t(`storage.share.type.${value}`) }));
  return (
    <Stack gap={4}>
      <SegmentedControl
        aria-label={t("storage.share.where")}
        data={choices}
        value={type}
        onChange={(chosen) => onChange(chosen as StorageType)}
      />
      <Text size="xs" c="dimmed">
        {t(type === "local" ? "storage.share.hintLocal" : "storage.share.hintShare")}
      </Text>
    </Stack>
  );
}

interface SpoolFieldProps {
  readonly value: number | "";
  readonly onChange: (value: number | "") => void;
}

function SpoolField({ value, onChange }: SpoolFieldProps) {
  const { t } = useTranslation();
  return (
    <DecimalInput
      label={t("storage.share.field.spool")}
      description={t("storage.share.spoolHint")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      error={value === "" ? t("camera.required") : undefined}
      min={0}
      max={1_000_000}
      allowDecimal
      allowNegative={false}
      suffix={` ${t("storage.suffix.gb")}`}
      value={value}
      onChange={onChange}
    />
  );
}

function TestResult({ result }: { readonly result: ShareTestResult | null }) {
  const { t } = useTranslation();
  if (result === null) return null;
  const { ok, problem } = result;
  return (
    <Alert
      color={ok ? "green" : "red"}
      variant="light"
      role={ok ? "status" : "alert"}
      icon={ok ? <CircleCheck size={18} /> : <CircleAlert size={18} />}
      title={t(ok ? "storage.share.works" : `storage.share.problem.${problem?.kind ?? "failed"}`)}
    >
      {problem?.message ?? t("storage.share.worksText")}
    </Alert>
  );
}
