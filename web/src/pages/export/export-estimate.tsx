import { Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { ExportEstimate, ExportOrderInput } from "@nightjar/api/export";
import { useQuery } from "@tanstack/react-query";
import { Check, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { exportEstimateQuery } from "../../api/queries.ts";
import { errorText } from "../../i18n/error-text.ts";
import { formatBytes } from "../../i18n/quantities.ts";
import { durationText, spanText } from "../../timeline/span-text.ts";

const TYPED_MS = 400;

/** What the export would take, asked of the server while the form is filled in. `order` null: it is not complete. */
export function ExportEstimatePanel({ order }: { readonly order: ExportOrderInput | null }) {
  const { t } = useTranslation();
  // By its text: each draft makes another object.
  const [settled] = useDebouncedValue(order === null ? null : JSON.stringify(order), TYPED_MS);
  const query = exportEstimateQuery(settled === null ? EMPTY : (JSON.parse(settled) as ExportOrderInput));
  const { data, error } = useQuery({ ...query, enabled: settled !== null, placeholderData: (before) => before });
  return (
    <Stack gap={4} role="status" aria-label={t("export.estimate")} mih={66} data-testid="estimate">
      {order === null ? (
        <Text size="sm" c="dimmed">
          {t("export.estimateLater")}
        </Text>
      ) : error !== null ? (
        <Line isBad>{errorText(t, error)}</Line>
      ) : data === undefined ? (
        <Text size="sm" c="dimmed">
          {t("common.loading")}
        </Text>
      ) : (
        <Estimate estimate={data} />
      )}
    </Stack>
  );
}

const EMPTY: ExportOrderInput = { camera_ids: [], start: "", end: "" };

function Estimate({ estimate }: { readonly estimate: ExportEstimate }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  if (estimate.footage_seconds === 0) return <Line isBad>{t("export.noFootage")}</Line>;
  const because = estimate.re_encoding_because.map((reason) => t(`export.because.${reason}`)).join(", ");
  return (
    <>
      <Text size="sm" className="nj-figures">
        {t("export.takes", {
          footage: durationText(t, estimate.footage_seconds * 1000, language),
          size: formatBytes(t, estimate.size_bytes, language),
          time: spanText(t, Math.max(1, Math.ceil(estimate.duration_seconds)) * 1000, language),
        })}
      </Text>
      {estimate.re_encoding ? (
        <Line isBad>{t("export.encoded", { because })}</Line>
      ) : (
        <Line isBad={false}>{t("export.copied")}</Line>
      )}
      {!estimate.enough_space && (
        <Line isBad>
          {t("export.noSpace", {
            free: estimate.free_bytes === null ? t("common.notKnown") : formatBytes(t, estimate.free_bytes, language),
          })}
        </Line>
      )}
    </>
  );
}

function Line({ isBad, children }: { readonly isBad: boolean; readonly children: ReactNode }) {
  const Icon = isBad ? TriangleAlert : Check;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Icon
        size={16}
        color={isBad ? "var(--nj-warn)" : "var(--nj-ok)"}
        aria-hidden
        style={{ flex: "none", marginTop: 2 }}
      />
      <Text size="sm">{children}</Text>
    </Group>
  );
}
