import { ActionIcon, Alert, Button, Group, Progress, Text, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { Export } from "@nightjar/api/export";
import type { TFunction } from "i18next";
import { Download, RotateCcw, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatBytes, formatNumber } from "../../i18n/quantities.ts";
import { FormError } from "../../shell/form-error.tsx";
import { ButtonLink } from "../../shell/router-links.tsx";
import { deviceZone } from "../../time/device-zone.ts";
import { formatDate, formatMoment } from "../../time/format.ts";
import { spanText } from "../../timeline/span-text.ts";
import classes from "./export.module.css";
import { ExportFiles } from "./export-files.tsx";
import { ExportStateMark } from "./export-state-mark.tsx";
import { spanOf } from "./export-text.ts";
import { useExportAction } from "./use-export-action.ts";

interface ExportRowProps {
  readonly one: Export;
  readonly cameras: readonly Camera[];
  readonly onDelete: () => void;
}

/** An export: who asked for what, how far it is, and what can be done with it now. */
export function ExportRow({ one, cameras, onDelete }: ExportRowProps) {
  const { t, i18n } = useTranslation();
  const { status, request } = one;
  const action = useExportAction(one.export_id);
  const named = cameras.filter(({ id }) => request.camera_ids.includes(id));
  const nameOf = (id: number) => cameras.find((camera) => camera.id === id)?.name ?? t("export.camera", { id });
  const zone = named[0]?.time_zone ?? deviceZone();
  const span = spanOf(request, zone, i18n.language);
  const isUnfinished = status === "queued" || status === "running";
  return (
    <li className={classes.job} data-testid={`export-${one.export_id}`} data-status={status}>
      <div className={classes.head}>
        <div className={classes.state}>
          <ExportStateMark status={status} />
          <Text size="sm" fw={600}>
            {t(`export.status.${status}`)}
          </Text>
        </div>
        <div className={classes.what}>
          <Text size="sm" fw={600}>
            {request.camera_ids.map(nameOf).join(", ")}
          </Text>
          <Text size="sm" className="nj-figures">
            {span}
          </Text>
          <Text size="xs" c="dimmed" className="nj-figures">
            {factsOf(one, zone, t, i18n.language).join(" · ")}
          </Text>
        </div>
        <div className={classes.actions}>
          {one.zip_url !== null && (
            <Button
              component="a"
              href={one.zip_url}
              download
              size="compact-sm"
              variant="light"
              leftSection={<Download size={16} aria-hidden />}
              aria-label={t("export.downloadAllOf", { span })}
            >
              {t("export.downloadAll")}
            </Button>
          )}
          {isUnfinished && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<X size={16} aria-hidden />}
              loading={action.isPending}
              aria-label={t("export.cancelOf", { span })}
              onClick={() => action.mutate("cancel")}
            >
              {t("common.cancel")}
            </Button>
          )}
          {(status === "failed" || status === "cancelled") && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<RotateCcw size={16} aria-hidden />}
              loading={action.isPending}
              aria-label={t("export.retryOf", { span })}
              onClick={() => action.mutate("retry")}
            >
              {t("common.retry")}
            </Button>
          )}
          <Tooltip label={t("export.remove")}>
            <ActionIcon size="lg" aria-label={t("export.removeOf", { span })} onClick={onDelete}>
              <Trash2 size={18} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      <div className={classes.under}>
        <FormError error={action.error} />
        {status === "running" && <Running one={one} span={span} />}
        {status === "failed" && <Failure one={one} />}
        {status === "ready" && <ExportFiles one={one} nameOf={nameOf} zone={zone} />}
      </div>
    </li>
  );
}

/** Who, when, how large, how long it is kept; and what was asked for beyond the usual. */
function factsOf(one: Export, zone: string, t: TFunction, language: string): string[] {
  const { request } = one;
  const at = formatMoment(Date.parse(one.created_at), zone, language);
  return [
    t("export.askedBy", { name: one.created_by, time: at }),
    ...(one.size_bytes > 0 ? [formatBytes(t, one.size_bytes, language)] : []),
    ...(request.with_audio || request.time_lapse_factor !== null ? [] : [t("export.withoutAudio")]),
    ...(request.timestamps === "none" ? [] : [t(`export.timestampsOf.${request.timestamps}`)]),
    ...(request.time_lapse_factor === null
      ? []
      : [t("export.faster", { factor: formatNumber(request.time_lapse_factor, language) })]),
    ...(request.privacy_masks.length === 0 ? [] : [t("export.masked")]),
    ...(one.expires_at === null
      ? []
      : [t("export.keptUntil", { date: formatDate(Date.parse(one.expires_at), zone, language) })]),
  ];
}

function Running({ one, span }: { readonly one: Export; readonly span: string }) {
  const { t, i18n } = useTranslation();
  const percent = Math.floor(one.progress * 100);
  const left = one.remaining_seconds;
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress.Root size="md" flex={1} maw={420}>
        <Progress.Section value={percent} aria-label={t("export.progressOf", { span })} />
      </Progress.Root>
      <Text size="sm" className="nj-figures">
        {t("export.percent", { percent })}
        {left !== null &&
          ` · ${t("export.left", { time: spanText(t, Math.max(1, Math.round(left)) * 1000, i18n.language) })}`}
      </Text>
    </Group>
  );
}

/** Why, in the page's language where it is not the server's, and what the server says of it, which has the details; and the ways on. */
function Failure({ one }: { readonly one: Export }) {
  const { t, i18n } = useTranslation();
  const translated = i18n.resolvedLanguage === "en" ? null : one.error_code;
  const { camera_ids: cameras, start, end } = one.request;
  return (
    <Alert color="red" variant="light" title={t("export.failedTitle")}>
      {translated !== null && <Text size="sm">{t(`export.failure.${translated}`)}</Text>}
      <Text {...(translated === null ? { size: "sm" } : { size: "xs", c: "dimmed", mt: 4, lang: "en" })}>
        {one.error}
      </Text>
      <Group gap="xs" mt="xs">
        <ButtonLink to="/export" search={{ cameras, start, end }} size="compact-sm" variant="default">
          {t("export.change")}
        </ButtonLink>
        <ButtonLink
          to="/playback"
          search={{ ...(cameras[0] === undefined ? {} : { camera: cameras[0] }), time: start }}
          size="compact-sm"
          variant="default"
        >
          {t("export.lookAt")}
        </ButtonLink>
      </Group>
    </Alert>
  );
}
