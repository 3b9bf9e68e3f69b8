import { ActionIcon, Button, Fieldset, Group, NumberInput, Select, Stack, Text, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CameraMask } from "./export-draft.ts";
import { MaskPicture } from "./mask-picture.tsx";
import { type Rectangle, withSide } from "./rectangle.ts";

interface PrivacyMasksProps {
  /** Those that are exported. */
  readonly cameras: readonly Camera[];
  readonly masks: readonly CameraMask[];
  /** When the picture is of on which they are drawn. */
  readonly atTime: string | null;
  readonly onChange: (masks: readonly CameraMask[]) => void;
}

const FIRST: Rectangle = { x: 0.35, y: 0.35, width: 0.3, height: 0.3 };
const MOST_MASKS = 16;
const SIDES = ["x", "y", "width", "height"] as const;

/** Areas that are painted black: drawn on the picture of a camera, or typed. */
export function PrivacyMasks({ cameras, masks, atTime, onChange }: PrivacyMasksProps) {
  const { t } = useTranslation();
  const [cameraId, setCameraId] = useState<number | null>(null);
  const camera = cameras.find(({ id }) => id === cameraId) ?? cameras[0];
  if (camera === undefined) return null;
  const own = masks.filter(({ camera_id }) => camera_id === camera.id);
  const change = (rectangles: readonly Rectangle[]) =>
    onChange([
      ...masks.filter(({ camera_id }) => camera_id !== camera.id),
      ...rectangles.map(({ x, y, width, height }) => ({ x, y, width, height, camera_id: camera.id })),
    ]);
  const isFull = masks.length >= MOST_MASKS;
  return (
    <Fieldset legend={t("export.masks")} p="sm">
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t("export.masksHint")}
        </Text>
        {cameras.length > 1 && (
          <Select
            label={t("export.masksOf")}
            maw={420}
            allowDeselect={false}
            data={cameras.map(({ id, name }) => ({ value: String(id), label: name }))}
            value={String(camera.id)}
            onChange={(value) => setCameraId(Number(value))}
          />
        )}
        <MaskPicture
          key={camera.id}
          camera={camera}
          atTime={atTime}
          masks={own}
          onDrawn={isFull ? null : (drawn) => change([...own, drawn])}
        />
        {own.map((mask, i) => (
          <MaskRow
            // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name than their place
            key={i}
            number={i + 1}
            mask={mask}
            onChange={(changed) => change(own.map((one, at) => (at === i ? changed : one)))}
            onRemove={() => change(own.filter((_, at) => at !== i))}
          />
        ))}
        <Button
          variant="default"
          style={{ alignSelf: "start" }}
          leftSection={<Plus size={16} aria-hidden />}
          disabled={isFull}
          onClick={() => change([...own, FIRST])}
        >
          {t("export.addMask")}
        </Button>
      </Stack>
    </Fieldset>
  );
}

interface MaskRowProps {
  readonly number: number;
  readonly mask: Rectangle;
  readonly onChange: (mask: Rectangle) => void;
  readonly onRemove: () => void;
}

/** An area in numbers: percent of the picture. */
function MaskRow({ number, mask, onChange, onRemove }: MaskRowProps) {
  const { t } = useTranslation();
  const remove = t("export.removeMask", { number });
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t("export.mask", { number })}>
      <Text size="sm" w={64} pb={8}>
        {t("export.mask", { number })}
      </Text>
      {SIDES.map((side) => (
        <NumberInput
          key={side}
          label={t(`export.side.${side}`)}
          w={92}
          min={0}
          max={100}
          suffix=" %"
          decimalScale={1}
          allowNegative={false}
          value={Math.round(mask[side] * 1000) / 10}
          onChange={(value) => typeof value === "number" && onChange(withSide(mask, side, value / 100))}
        />
      ))}
      <Tooltip label={remove}>
        <ActionIcon size="lg" aria-label={remove} onClick={onRemove}>
          <Trash2 size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
