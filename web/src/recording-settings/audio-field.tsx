import { Paper, Radio, Stack } from "@mantine/core";
import type { AudioSettings } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import type { SettingOrigin } from "./recording-fields.tsx";
import { SettingFrame } from "./setting-frame.tsx";
import { type AudioWord, audioWord } from "./setting-text.ts";

const CHOICES: readonly AudioWord[] = ["off", "auto", "aac", "opus", "mp3"];

interface AudioFieldProps {
  /** undefined: inherited, and not known to this person. */
  readonly shown: AudioSettings | undefined;
  readonly origin: SettingOrigin;
  readonly onChange: (audio: AudioSettings) => void;
}

/** Whether and how sound is recorded, with a sentence on each. `copy` can be set over the API only, and is shown where it is set. */
export function AudioField({ shown, origin, onChange }: AudioFieldProps) {
  const { t } = useTranslation();
  const word = shown === undefined ? null : audioWord(shown);
  const choices = word === "copy" ? [...CHOICES, word] : CHOICES;
  const choose = (value: string) => {
    const chosen = choices.find((one) => one === value);
    if (chosen === undefined) return;
    // Switched off, the codec stays what it was, for when it is switched on again.
    onChange(chosen === "off" ? { enabled: false, codec: shown?.codec ?? "auto" } : { enabled: true, codec: chosen });
  };
  const label = t("recordingSettings.field.audio");
  return (
    <Paper withBorder p="lg" bg="transparent">
      <SettingFrame label={label} onInherit={origin.onInherit}>
        <Radio.Group label={label} description={origin.text} value={word} onChange={choose}>
          <Stack gap="sm" mt="sm">
            {choices.map((one) => (
              <Radio key={one} value={one} label={t(`audio.label.${one}`)} description={t(`audio.hint.${one}`)} />
            ))}
          </Stack>
        </Radio.Group>
      </SettingFrame>
    </Paper>
  );
}
