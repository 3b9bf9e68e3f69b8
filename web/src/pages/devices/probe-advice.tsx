import { Group, List, Text } from "@mantine/core";
import type { ProbeResult } from "@nightjar/api/camera";
import type { TFunction } from "i18next";
import { CircleCheck, Info, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

type Advice = ProbeResult["advice"][number];

const ICONS = { ok: CircleCheck, note: Info, warning: TriangleAlert };
const COLOURS = { ok: "var(--nj-ok)", note: "var(--mantine-color-dimmed)", warning: "var(--nj-warn)" };

const TRANSLATED = [
  "video_plays_everywhere",
  "h265_playback",
  "key_frame_interval_long",
  "no_sound",
  "sound_copied",
  "sound_encoded",
] as const;

/** What a person should know before recording this stream. */
export function ProbeAdvice({ advice }: { readonly advice: readonly Advice[] }) {
  const { t } = useTranslation();
  if (advice.length === 0) return null;
  return (
    <List listStyleType="none" spacing={6} aria-label={t("probe.advice")}>
      {advice.map((one) => {
        const Icon = ICONS[one.level];
        return (
          <List.Item key={one.code}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <Icon
                size={16}
                color={COLOURS[one.level]}
                aria-label={t(`probe.level.${one.level}`)}
                style={{ flex: "none", marginTop: 3 }}
              />
              <Text size="sm">{adviceText(t, one)}</Text>
            </Group>
          </List.Item>
        );
      })}
    </List>
  );
}

/** In the page's language where the catalog knows the advice, else in the server's words. */
function adviceText(t: TFunction, { code, message }: Advice): string {
  const known = TRANSLATED.find((one) => one === code);
  return known === undefined ? message : t(`probe.text.${known}`);
}
