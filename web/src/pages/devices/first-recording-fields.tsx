import { Fieldset, Select, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { INHERIT } from "./camera-form-values.ts";
import type { CameraForm } from "./use-camera-form.ts";

/** What a new camera records: as set for all cameras, unless it says otherwise. The rest is on its page. */
export function FirstRecordingFields({ form }: { readonly form: CameraForm }) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("camera.recording")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        <Select
          label={t("camera.mode")}
          allowDeselect={false}
          data={[
            { value: INHERIT, label: t("camera.inherited") },
            { value: "continuous", label: t("mode.continuous") },
            { value: "motion", label: t("mode.motion") },
            { value: "disabled", label: t("mode.disabled") },
          ]}
          {...form.getInputProps("mode")}
        />
        <Select
          label={t("camera.audio")}
          allowDeselect={false}
          data={[
            { value: INHERIT, label: t("camera.inherited") },
            { value: "on", label: t("camera.on") },
            { value: "off", label: t("camera.off") },
          ]}
          {...form.getInputProps("audio")}
        />
      </SimpleGrid>
    </Fieldset>
  );
}
