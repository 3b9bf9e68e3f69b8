import { Button, Stack } from "@mantine/core";
import type { Camera, CameraPatch, EffectiveRecording } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { recordingSettingsQuery, schedulesQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import {
  inheritedRecording,
  type RecordingDraft,
  type RecordingKey,
  recordingChanges,
  recordingDraft,
  recordingProblems,
  shownRecording,
} from "../../recording-settings/recording-draft.ts";
import { RecordingFields, type SettingOrigin } from "../../recording-settings/recording-fields.tsx";
import { refusedFields } from "../../recording-settings/refused-fields.ts";
import { settingText } from "../../recording-settings/setting-text.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { useDeletionWarning } from "../../storage/use-deletion-warning.tsx";
import { usePatchCamera } from "./use-patch-camera.ts";

/** What the camera records, and which of it is inherited. */
export function RecordingTab({ camera }: { readonly camera: Camera }) {
  const { t, i18n } = useTranslation();
  const maySee = useHasPermission("settings.edit");
  const { data: settings } = useQuery({ ...recordingSettingsQuery, enabled: maySee });
  const { data: schedules = [] } = useQuery(schedulesQuery);
  const warning = useDeletionWarning();
  const [changed, setChanged] = useState<Partial<RecordingDraft>>({});
  const before = recordingDraft(camera.recording);
  const draft = { ...before, ...changed };
  const shown = shownRecording(draft, inheritedRecording(camera, settings?.defaults));
  const problems = recordingProblems(shown, camera.streams.sub !== null);
  const changes = recordingChanges(before, draft);
  // What it would delete only those may ask who may see the settings that it inherits.
  const isMeant = async ({ recording }: CameraPatch) =>
    !maySee ||
    recording?.retention_days === undefined ||
    warning.mayChange({ cameras: { ids: [camera.id], changes: { recording } } });
  const save = usePatchCamera(camera, () => setChanged({}), isMeant);
  const change = (some: Partial<RecordingDraft>) => setChanged((known) => ({ ...known, ...some }));
  const refused = refusedFields(save.error, "recording");

  const originOf = (key: RecordingKey): SettingOrigin => {
    if (draft[key] === null) return { inherited: true, text: t("recordingSettings.inherited") };
    const onInherit = () => change({ [key]: null });
    return { inherited: false, text: ownText(key, settings?.defaults), onInherit };
  };
  const ownText = (key: RecordingKey, defaults: EffectiveRecording | undefined) =>
    defaults === undefined
      ? t("recordingSettings.ownOnly")
      : t("recordingSettings.own", { value: settingText(t, defaults, key, schedules, i18n.language) });

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(problems).length === 0) save.mutate({ recording: changes });
      }}
    >
      <Stack gap="lg" maw={960}>
        <RecordingFields
          shown={shown}
          problems={problems}
          refused={refused}
          schedules={schedules}
          mayHaveNoSchedule={false}
          originOf={originOf}
          onChange={change}
        />
        <FormError error={Object.keys(refused).length > 0 ? null : save.error} />
        <SaveBar isChanged={Object.keys(changes).length > 0}>
          <Button type="submit" loading={save.isPending}>
            {t("common.save")}
          </Button>
        </SaveBar>
      </Stack>
      {warning.dialog}
    </form>
  );
}
