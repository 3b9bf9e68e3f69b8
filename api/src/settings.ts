import { z } from "zod";
import { AudioSettings, EffectiveRecording, RecordingOverrides } from "./camera.ts";

/** What a camera does where it has no setting of its own. */
export const RecordingDefaults = EffectiveRecording.extend({ audio: AudioSettings }).meta({ id: "RecordingDefaults" });
export type RecordingDefaults = z.infer<typeof RecordingDefaults>;

export const RecordingSettings = z.object({ defaults: RecordingDefaults }).meta({ id: "RecordingSettings" });
export type RecordingSettings = z.infer<typeof RecordingSettings>;

/** JSON merge patch (RFC 7396): absent keys stay, null makes the built-in value hold again. */
export const RecordingSettingsPatch = z
  .strictObject({
    defaults: RecordingOverrides.extend({ audio: AudioSettings.partial().nullable().optional() }).optional(),
  })
  .meta({ id: "RecordingSettingsPatch" });
export type RecordingSettingsPatch = z.infer<typeof RecordingSettingsPatch>;
