import { Button, Stack } from "@mantine/core";
import type { AudioSettings, Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { recordingSettingsQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { AudioField } from "../../recording-settings/audio-field.tsx";
import type { SettingOrigin } from "../../recording-settings/recording-fields.tsx";
import { audioWord } from "../../recording-settings/setting-text.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { usePatchCamera } from "./use-patch-camera.ts";

/** Whether and how the camera's sound is recorded. */
export function AudioTab({ camera }: { readonly camera: Camera }) {
  const { t } = useTranslation();
  const maySee = useHasPermission("settings.edit");
  const { data: settings } = useQuery({ ...recordingSettingsQuery, enabled: maySee });
  /** undefined: as it is; null: inherited. */
  const [changed, setChanged] = useState<AudioSettings | null | undefined>(undefined);
  const save = usePatchCamera(camera, () => setChanged(undefined));
  const own = changed === undefined ? camera.audio : changed;
  const defaults = settings?.defaults.audio;
  const inherited = defaults ?? (camera.audio === null ? camera.effective.audio : undefined);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(changed === undefined ? {} : { audio: changed });
      }}
    >
      <Stack gap="lg" maw={640}>
        <AudioField shown={own ?? inherited} origin={origin()} onChange={setChanged} />
        <FormError error={save.error} />
        <SaveBar isChanged={changed !== undefined}>
          <Button type="submit" loading={save.isPending}>
            {t("common.save")}
          </Button>
        </SaveBar>
      </Stack>
    </form>
  );

  function origin(): SettingOrigin {
    if (own === null) return { inherited: true, text: t("recordingSettings.inherited") };
    const value = defaults === undefined ? null : t(`audio.summary.${audioWord(defaults)}`);
    const text = value === null ? t("recordingSettings.ownOnly") : t("recordingSettings.own", { value });
    return { inherited: false, text, onInherit: () => setChanged(null) };
  }
}
