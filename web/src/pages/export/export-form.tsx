import { Button, Checkbox, Fieldset, Group, MultiSelect, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Camera } from "@nightjar/api/camera";
import type { ExportOrderInput } from "@nightjar/api/export";
import { exportRoutes } from "@nightjar/api/routes";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FolderDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { FormError } from "../../shell/form-error.tsx";
import { deviceZone } from "../../time/device-zone.ts";
import { zoneName } from "../../time/format.ts";
import { nowMs } from "../../time/now.ts";
import { type DraftProblem, draftOf, type ExportDraft, orderOf } from "./export-draft.ts";
import { ExportEstimatePanel } from "./export-estimate.tsx";
import { ExportOptions } from "./export-options.tsx";
import type { ExportSearch } from "./export-search.ts";
import { MomentFields } from "./moment-fields.tsx";

interface ExportFormProps {
  readonly cameras: readonly Camera[];
  readonly search: ExportSearch;
  readonly onStarted: () => void;
}

/** What to take out: cameras, span, options; and what that will take before it is begun. */
export function ExportForm({ cameras, search, onStarted }: ExportFormProps) {
  const { t, i18n } = useTranslation();
  const zoneOf = (ids: readonly number[]) => cameras.find(({ id }) => id === ids[0])?.time_zone ?? deviceZone();
  const [draft, setDraft] = useState<ExportDraft>(() => knownOnly(search, cameras, zoneOf(search.cameras ?? [])));
  const zone = zoneOf(draft.cameraIds);
  const name = zoneName(nowMs(), zone, i18n.language);
  const [tried, setTried] = useState(false);
  const change = (changed: Partial<ExportDraft>) => setDraft((before) => ({ ...before, ...changed }));
  const { order, problems } = orderOf(draft, search, zone);
  const start = useStartExport();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (order === null) return;
    start.mutate(order, {
      onSuccess: () => {
        setTried(false);
        onStarted();
      },
    });
  };
  const problem = (which: DraftProblem, whenTried = true) =>
    problems.has(which) && (tried || !whenTried) ? t(`export.problem.${which}`) : null;
  const spanProblem = problem("order", false) ?? problem("tooLong", false);
  return (
    <form onSubmit={submit} noValidate aria-label={t("export.new")}>
      <Fieldset legend={t("export.new")}>
        <Stack gap="md">
          <MultiSelect
            label={t("export.cameras")}
            placeholder={draft.cameraIds.length === 0 ? t("export.chooseCameras") : ""}
            data={cameras.map(({ id, name }) => ({ value: String(id), label: name }))}
            value={draft.cameraIds.map(String)}
            onChange={(chosen) => change({ cameraIds: chosen.map(Number) })}
            error={problem("cameras")}
            searchable
            maxValues={64}
            maw={640}
            nothingFoundMessage={t("export.noSuchCamera")}
          />
          <Group align="flex-start" gap="md">
            <MomentFields
              legend={t("export.from")}
              date={draft.fromDate}
              time={draft.fromTime}
              error={problem("from", false)}
              onChange={(date, time) => change({ fromDate: date, fromTime: time })}
            />
            <MomentFields
              legend={t("export.to")}
              date={draft.toDate}
              time={draft.toTime}
              error={problem("to", false) ?? spanProblem}
              onChange={(date, time) => change({ toDate: date, toTime: time })}
            />
          </Group>
          <Text size="xs" c="dimmed">
            {t("export.zone", { zone: name === zone ? zone : `${zone} (${name})` })}
          </Text>
          <Checkbox
            label={t("export.withAudio")}
            checked={draft.withAudio && draft.timeLapse === null}
            disabled={draft.timeLapse !== null}
            onChange={(event) => change({ withAudio: event.currentTarget.checked })}
          />
          <ExportOptions draft={draft} cameras={cameras} atTime={order?.start ?? null} onChange={change} />
          <ExportEstimatePanel order={order} />
          <FormError error={start.error} />
          <Group>
            <Button type="submit" leftSection={<FolderDown size={16} aria-hidden />} loading={start.isPending}>
              {t("export.submit")}
            </Button>
          </Group>
        </Stack>
      </Fieldset>
    </form>
  );
}

/** Cameras that are gone since the address was made are left out. */
function knownOnly(search: ExportSearch, cameras: readonly Camera[], zone: string): ExportDraft {
  const draft = draftOf(search, zone, nowMs());
  const [only] = cameras.length === 1 ? cameras : [];
  const cameraIds = draft.cameraIds.filter((id) => cameras.some((camera) => camera.id === id));
  return { ...draft, cameraIds: cameraIds.length === 0 && only !== undefined ? [only.id] : cameraIds };
}

function useStartExport() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: ExportOrderInput) => call(exportRoutes.create, { body: order }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: queryKeys.exports });
      notifications.show({ message: t("export.started") });
    },
  });
}
