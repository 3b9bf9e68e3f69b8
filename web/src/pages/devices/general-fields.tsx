import { Autocomplete, Fieldset, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import type { Group } from "@nightjar/api/group";
import { useTranslation } from "react-i18next";
import type { CameraForm } from "./use-camera-form.ts";

/** Name, place in the tree, time zone. */
export function GeneralFields({ form, groups }: { readonly form: CameraForm; readonly groups: readonly Group[] }) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("camera.general")}>
      <Stack gap="sm">
        <TextInput
          label={t("camera.name")}
          required
          withAsterisk={false}
          autoComplete="off"
          {...form.getInputProps("name")}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <Autocomplete
            label={t("camera.group")}
            placeholder={t("camera.noGroup")}
            data={groups.map((group) => group.name)}
            {...form.getInputProps("group")}
          />
          <Select
            label={t("camera.timeZone")}
            placeholder={t("camera.timeZoneServer")}
            data={timeZones(form.values.timeZone)}
            searchable
            limit={50}
            {...form.getInputProps("timeZone")}
            value={form.values.timeZone === "" ? null : form.values.timeZone}
            onChange={(zone) => form.setFieldValue("timeZone", zone ?? "")}
          />
        </SimpleGrid>
        <Switch
          label={t("camera.enabled")}
          description={t("camera.enabledHint")}
          {...form.getInputProps("enabled", { type: "checkbox" })}
        />
      </Stack>
    </Fieldset>
  );
}

/** The browser's zones, and the present one if the browser does not know it under this name. */
function timeZones(present: string): string[] {
  const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return present === "" || zones.includes(present) ? zones : [present, ...zones];
}
