import { Button, Group, List, Modal, Skeleton, Stack, Text } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import type { Diagnosis, DiagnosisCheck } from "@nightjar/api/diagnosis";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { diagnosisQuery } from "../../api/queries.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { nextFootageMs } from "../../player/next-footage.ts";
import { FormError } from "../../shell/form-error.tsx";
import { formatClock, formatDay, formatMoment } from "../../time/format.ts";
import { dateOf } from "../../time/zone.ts";

interface WhyNoFootageProps {
  readonly camera: Camera;
  /** Wall time that is asked about; null: closed. */
  readonly ms: number | null;
  readonly onClose: () => void;
  readonly onGo: (ms: number) => void;
}

/** Why there is no footage at a time, in a sentence; whether the way from camera to disk is clear now; and the way to the next footage. */
export function WhyNoFootage({ camera, ms, onClose, onGo }: WhyNoFootageProps) {
  const { t, i18n } = useTranslation();
  // While the dialog fades out it still shows what it was about.
  const last = useRef(ms);
  if (ms !== null) last.current = ms;
  const shownMs = last.current;
  return (
    <Modal
      opened={ms !== null}
      onClose={onClose}
      title={t("why.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {shownMs !== null && (
        <Stack gap="md">
          <Text size="sm" c="dimmed" className="nj-figures">
            {formatMoment(shownMs, camera.time_zone, i18n.language)}
          </Text>
          <Answer camera={camera} ms={shownMs} />
          <NextFootage
            camera={camera}
            ms={shownMs}
            onGo={(nextMs) => {
              onClose();
              onGo(nextMs);
            }}
          />
        </Stack>
      )}
    </Modal>
  );
}

function Answer({ camera, ms }: { readonly camera: Camera; readonly ms: number }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(diagnosisQuery(camera.id, ms));
  if (data === undefined) {
    return error === null ? (
      <Skeleton h={200} role="status" aria-label={t("common.loading")} />
    ) : (
      <FormError error={error} />
    );
  }
  return (
    <>
      <Sentence diagnosis={data} />
      <section aria-label={t("why.checks")}>
        <Text size="xs" c="dimmed" fw={600} mb={6}>
          {t("why.checks")}
        </Text>
        <List listStyleType="none" spacing={6}>
          {data.checks.map((check) => (
            <Check key={check.name} check={check} />
          ))}
        </List>
      </section>
    </>
  );
}

/** The cause in the page's language; the sentence itself is the server's. */
function Sentence({ diagnosis: { answer, cause } }: { readonly diagnosis: Diagnosis }) {
  const { t } = useTranslation();
  return (
    <div>
      {cause !== null && <Text fw={600}>{t(`cause.${cause}`)}</Text>}
      <Text size="sm" lang="en" data-testid="why-answer">
        {answer}
      </Text>
    </div>
  );
}

function Check({ check: { name, ok, detail } }: { readonly check: DiagnosisCheck }) {
  const { t } = useTranslation();
  const Icon = ok ? CircleCheck : CircleX;
  return (
    <List.Item>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Icon
          size={16}
          color={ok ? "var(--nj-ok)" : "var(--nj-gap)"}
          aria-label={t(ok ? "why.well" : "why.ill")}
          style={{ flex: "none", marginTop: 3 }}
        />
        <Text size="sm">
          {t(`why.check.${name}`)}:{" "}
          <Text span c="dimmed" lang="en">
            {detail}
          </Text>
        </Text>
      </Group>
    </List.Item>
  );
}

interface NextFootageProps {
  readonly camera: Camera;
  readonly ms: number;
  readonly onGo: (ms: number) => void;
}

function NextFootage({ camera, ms, onGo }: NextFootageProps) {
  const { t, i18n } = useTranslation();
  const { data: nextMs } = useQuery({
    queryKey: queryKeys.nextFootage(camera.id, ms),
    queryFn: () => nextFootageMs(camera.id, ms),
    staleTime: 0,
    gcTime: 0,
  });
  if (nextMs === undefined) return <Skeleton h={36} w={220} />;
  if (nextMs === null) return <Text size="sm">{t("why.noNext")}</Text>;
  const zone = camera.time_zone;
  const clock = formatClock(nextMs, zone, i18n.language);
  const sameDay = dateOf(ms, zone) === dateOf(nextMs, zone);
  const time = sameDay ? clock : `${formatDay(nextMs, zone, i18n.language)} ${clock}`;
  return (
    <Button style={{ alignSelf: "start" }} data-autofocus onClick={() => onGo(nextMs)}>
      {t("why.next", { time })}
    </Button>
  );
}
