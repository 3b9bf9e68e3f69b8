import { Alert, AspectRatio, Button, Center, Group, Image, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import type { ProbeResult } from "@nightjar/api/camera";
import type { UseQueryResult } from "@tanstack/react-query";
import { CircleAlert, RotateCw, ScanEye } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { judgeUrl } from "./camera-form-values.ts";
import { ProbeAdvice } from "./probe-advice.tsx";
import { ProbeFacts } from "./probe-facts.tsx";
import { probeFailure } from "./probe-failure.ts";

interface ProbePanelProps {
  /** Default: what the camera sends. */
  readonly title?: string;
  readonly url: string;
  /** The stream is recorded already, so it is not tested by itself. */
  readonly isSaved?: boolean;
  readonly probe: UseQueryResult<ProbeResult>;
}

const HINTS = { empty: "probe.idle", incomplete: "probe.incomplete", wrong: "camera.urlWrong" } as const;

/** What the stream sends, as far as it has been tried. The picture's place is kept from the beginning. */
export function ProbePanel({ title, url, isSaved = false, probe }: ProbePanelProps) {
  const { t } = useTranslation();
  const heading = title ?? t("probe.title");
  const complete = judgeUrl(url) === "complete";
  const result = complete ? probe.data : undefined;
  return (
    <Paper
      withBorder
      p="md"
      bg="var(--nj-surface)"
      component="section"
      style={{ alignSelf: "start" }}
      aria-label={heading}
    >
      <Group justify="space-between" mb="sm" mih={30}>
        <Title order={2} fz="sm">
          {heading}
        </Title>
        {complete && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<RotateCw size={14} aria-hidden />}
            disabled={probe.isFetching}
            onClick={() => void probe.refetch()}
          >
            {t("probe.again")}
          </Button>
        )}
      </Group>
      <AspectRatio ratio={16 / 9} mb="md" bg="var(--nj-stage)" style={{ overflow: "hidden", borderRadius: 4 }}>
        <Screen url={url} isSaved={isSaved} probe={probe} result={result} />
      </AspectRatio>
      <Stack gap="md" aria-live="polite" mih={180}>
        {complete && probe.isError && !probe.isFetching && <Failure error={probe.error} />}
        {result !== undefined && (
          <>
            <ProbeFacts result={result} />
            <ProbeAdvice advice={result.advice} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Screen({ url, isSaved, probe, result }: ProbePanelProps & { readonly result: ProbeResult | undefined }) {
  const { t } = useTranslation();
  if (result?.picture_jpeg_base64 != null && !probe.isFetching) {
    return (
      <Image src={`data:image/jpeg;base64,${result.picture_jpeg_base64}`} alt={t("probe.picture")} fit="contain" />
    );
  }
  const verdict = judgeUrl(url);
  if (verdict !== "complete") {
    return <OnScreen icon={<ScanEye size={32} />}>{t(HINTS[verdict])}</OnScreen>;
  }
  if (isSaved && probe.isPending && !probe.isFetching) {
    return <OnScreen icon={<ScanEye size={32} />}>{t("probe.inUse")}</OnScreen>;
  }
  if (probe.isFetching || probe.isPending) {
    const host = URL.canParse(url) ? new URL(url).host || url : url;
    return <OnScreen icon={<Loader size="sm" color="gray.4" />}>{t("probe.running", { host })}</OnScreen>;
  }
  return <OnScreen icon={<CircleAlert size={32} />}>{t(probe.isError ? "probe.failed" : "probe.noPicture")}</OnScreen>;
}

function OnScreen({ icon, children }: { readonly icon: ReactNode; readonly children: string }) {
  return (
    <Center p="md">
      <Stack align="center" gap="xs" maw={320}>
        <Text component="span" c="gray.5" lh={0} aria-hidden>
          {icon}
        </Text>
        <Text size="sm" c="gray.4" ta="center">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

function Failure({ error }: { readonly error: Error }) {
  const { t } = useTranslation();
  const { title, message } = probeFailure(t, error);
  return (
    <Alert color="red" variant="light" icon={<CircleAlert size={18} />} title={title} role="alert">
      {message}
    </Alert>
  );
}
