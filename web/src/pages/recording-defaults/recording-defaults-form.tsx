import { Button, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { AudioSettings, Camera } from "@nightjar/api/camera";
import { settingsRoutes } from "@nightjar/api/routes";
import type { Schedule } from "@nightjar/api/schedule";
import type { RecordingDefaults } from "@nightjar/api/settings";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { AudioField } from "../../recording-settings/audio-field.tsx";
import {
  inheritorCount,
  type RecordingKey,
  recordingChanges,
  recordingDraft,
  recordingProblems,
  shownRecording,
} from "../../recording-settings/recording-draft.ts";
import { RecordingFields, type SettingOrigin } from "../../recording-settings/recording-fields.tsx";
import { refusedFields } from "../../recording-settings/refused-fields.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { useDeletionWarning } from "../../storage/use-deletion-warning.tsx";

interface RecordingDefaultsFormProps {
  readonly defaults: RecordingDefaults;
  readonly schedules: readonly Schedule[];
  readonly cameras: readonly Camera[];
}

/** The defaults to be changed; each says how many cameras it reaches. */
export function RecordingDefaultsForm({ defaults, schedules, cameras }: RecordingDefaultsFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const warning = useDeletionWarning();
  const [changed, setChanged] = useState<Partial<ReturnType<typeof recordingDraft>>>({});
  const [audio, setAudio] = useState<AudioSettings | null>(null);
  const before = recordingDraft(defaults);
  const draft = { ...before, ...changed };
  const shown = { ...shownRecording(draft, {}), schedule_id: draft.schedule_id };
  const problems = recordingProblems(shown, null);
  const changes = recordingChanges(before, draft);
  const isChanged = Object.keys(changes).length > 0 || audio !== null;
  const save = useMutation({
    mutationFn: async () => {
      const body = { defaults: { ...changes, ...(audio === null ? {} : { audio }) } };
      const mayDelete = "retention_days" in changes;
      const goesOn = !mayDelete || (await warning.mayChange({ settings: { defaults: changes } }));
      return goesOn ? call(settingsRoutes.updateRecording, { body }) : null;
    },
    onSuccess: (saved) => {
      if (saved === null) return;
      client.setQueryData(queryKeys.recordingSettings, saved);
      void client.invalidateQueries({ queryKey: queryKeys.cameras });
      setChanged({});
      setAudio(null);
      notifications.show({ color: "green", message: t("recordingSettings.defaultsSaved") });
    },
  });
  const originOf = (key: RecordingKey | "audio"): SettingOrigin => ({
    text: t("recordingSettings.inheritedBy", { count: inheritorCount(cameras, key), total: cameras.length }),
    inherited: false,
  });
  const refused = refusedFields(save.error, "defaults");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(problems).length === 0) save.mutate();
      }}
    >
      <Stack gap="lg">
        <RecordingFields
          shown={shown}
          problems={problems}
          refused={refused}
          schedules={schedules}
          mayHaveNoSchedule
          originOf={originOf}
          onChange={(change) => setChanged((known) => ({ ...known, ...change }))}
        />
        <AudioField shown={audio ?? defaults.audio} origin={originOf("audio")} onChange={setAudio} />
        <FormError error={Object.keys(refused).length > 0 ? null : save.error} />
        <SaveBar isChanged={isChanged}>
          <Button type="submit" loading={save.isPending}>
            {t("common.save")}
          </Button>
        </SaveBar>
      </Stack>
      {warning.dialog}
    </form>
  );
}
