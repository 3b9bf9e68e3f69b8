import { Accordion, NumberInput, Select, Stack, Text } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import { type ExportDraft, TIMESTAMPS } from "./export-draft.ts";
import { PrivacyMasks } from "./privacy-masks.tsx";

interface ExportOptionsProps {
  readonly draft: ExportDraft;
  readonly cameras: readonly Camera[];
  /** When the pictures are of on which masks are drawn; null: not known yet. */
  readonly atTime: string | null;
  readonly onChange: (change: Partial<ExportDraft>) => void;
}

const SLOWEST = 2;
const FASTEST = 3600;

/** What most people leave as it is; each says whether the pictures stay the camera's own. */
export function ExportOptions({ draft, cameras, atTime, onChange }: ExportOptionsProps) {
  const { t } = useTranslation();
  const chosen = cameras.filter(({ id }) => draft.cameraIds.includes(id));
  const masks = draft.masks.filter(({ camera_id }) => draft.cameraIds.includes(camera_id));
  return (
    <Accordion variant="contained" chevronPosition="left" order={2}>
      <Accordion.Item value="options">
        <Accordion.Control>
          <Text size="sm">{t("export.options")}</Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
            <Select
              label={t("export.timestamps")}
              description={t(`export.timestampsHint.${draft.timestamps}`)}
              maw={420}
              allowDeselect={false}
              data={TIMESTAMPS.map((value) => ({ value, label: t(`export.timestampsOf.${value}`) }))}
              value={draft.timestamps}
              onChange={(value) => onChange({ timestamps: TIMESTAMPS.find((one) => one === value) ?? "none" })}
            />
            <NumberInput
              label={t("export.timeLapse")}
              description={t("export.timeLapseHint")}
              maw={420}
              min={SLOWEST}
              max={FASTEST}
              allowNegative={false}
              allowDecimal={false}
              clampBehavior="blur"
              placeholder={t("export.timeLapseNone")}
              value={draft.timeLapse ?? ""}
              onChange={(value) =>
                onChange({ timeLapse: typeof value === "number" && value >= SLOWEST ? Math.min(value, FASTEST) : null })
              }
            />
            <PrivacyMasks
              cameras={chosen}
              masks={masks}
              atTime={atTime}
              onChange={(changed) => onChange({ masks: changed })}
            />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
