import { Anchor, Stack, Text } from "@mantine/core";
import type { Export } from "@nightjar/api/export";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../i18n/quantities.ts";
import { durationText } from "../../timeline/span-text.ts";
import classes from "./export.module.css";
import { spanOf } from "./export-text.ts";

interface ExportFilesProps {
  readonly one: Export;
  readonly nameOf: (cameraId: number) => string;
  readonly zone: string;
}

/** More gaps than these are counted: the manifest has them all. */
const GAPS_SHOWN = 8;

/** What there is to download, and what is missing in it. */
export function ExportFiles({ one, nameOf, zone }: ExportFilesProps) {
  const { t, i18n } = useTranslation();
  const { files, gaps, manifest_url: manifestUrl } = one;
  const language = i18n.language;
  const more = gaps.length - GAPS_SHOWN;
  return (
    <Stack gap={6}>
      <ul className={classes.files} aria-label={t("export.files")}>
        {files.map((file) => (
          <li key={file.name}>
            <Anchor href={file.url} download size="sm">
              {nameOf(file.camera_id)}
              {files.some((other) => other.camera_id === file.camera_id && other.part > 1) &&
                ` (${t("export.part", { part: file.part })})`}
            </Anchor>
            <Text span size="xs" c="dimmed" className="nj-figures">
              {` ${file.name} · ${durationText(t, file.duration_seconds * 1000, language)} · ${formatBytes(t, file.size_bytes, language)}`}
            </Text>
          </li>
        ))}
        {manifestUrl !== null && (
          <li>
            <Anchor href={manifestUrl} download size="sm">
              {t("export.manifest")}
            </Anchor>
            <Text span size="xs" c="dimmed">
              {` ${t("export.manifestHint")}`}
            </Text>
          </li>
        )}
      </ul>
      {gaps.length > 0 && (
        <div>
          <Text size="xs" fw={600}>
            {t("export.gaps", { count: gaps.length })}
          </Text>
          <ul className={classes.files} aria-label={t("export.gaps", { count: gaps.length })}>
            {gaps.slice(0, GAPS_SHOWN).map((gap) => (
              <li key={`${gap.camera_id} ${gap.start}`}>
                <Text span size="xs" className="nj-figures">
                  {`${nameOf(gap.camera_id)}: ${spanOf(gap, zone, language)} (${t(`cause.${gap.cause}`)})`}
                </Text>
              </li>
            ))}
            {more > 0 && (
              <li>
                <Text span size="xs" c="dimmed">
                  {t("export.moreGaps", { count: more })}
                </Text>
              </li>
            )}
          </ul>
        </div>
      )}
    </Stack>
  );
}
