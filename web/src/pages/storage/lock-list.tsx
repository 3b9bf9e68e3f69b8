import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import type { Lock } from "@nightjar/api/storage";
import { useQuery } from "@tanstack/react-query";
import { LockKeyhole, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { camerasQuery, locksQuery } from "../../api/queries.ts";
import { formatBytes } from "../../i18n/quantities.ts";
import { FormError } from "../../shell/form-error.tsx";
import { AnchorLink } from "../../shell/router-links.tsx";
import { deviceZone } from "../../time/device-zone.ts";
import { formatMoment } from "../../time/format.ts";
import { durationText } from "../../timeline/span-text.ts";
import classes from "./lock-list.module.css";
import { RemoveLock } from "./remove-lock.tsx";
import { Section } from "./section.tsx";

/** What is kept from every deletion, by whom and why, with the space that it holds. */
export function LockList({ lockedBytes }: { readonly lockedBytes: number }) {
  const { t, i18n } = useTranslation();
  const locks = useQuery(locksQuery);
  const [removing, setRemoving] = useState<Lock | null>(null);
  const hint = lockedBytes > 0 ? t("storage.lockedBytes", { size: formatBytes(t, lockedBytes, i18n.language) }) : "";
  return (
    <Section title={t("storage.locks")} hint={`${t("storage.locksHint")} ${hint}`.trim()}>
      <FormError error={locks.error} />
      {locks.data?.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          {t("storage.noLocks")}
        </Text>
      )}
      {locks.data !== undefined && locks.data.length > 0 && (
        <ul className={classes.list}>
          {locks.data.map((lock) => (
            <LockRow key={lock.id} lock={lock} onRemove={() => setRemoving(lock)} />
          ))}
        </ul>
      )}
      <RemoveLock wanted={removing} onClose={() => setRemoving(null)} />
    </Section>
  );
}

function LockRow({ lock, onRemove }: { readonly lock: Lock; readonly onRemove: () => void }) {
  const { t, i18n } = useTranslation();
  const { data: cameras = [] } = useQuery(camerasQuery);
  const known = lock.camera_ids.map((id) => cameras.find((camera) => camera.id === id));
  const names = lock.camera_ids.map((id, i) => known[i]?.name ?? t("storage.removedCamera", { id }));
  const zone = known.length === 1 ? (known[0]?.time_zone ?? deviceZone()) : deviceZone();
  const startMs = Date.parse(lock.start);
  const moment = (iso: string) => formatMoment(Date.parse(iso), zone, i18n.language);
  const shown = known.find((camera) => camera !== undefined);
  return (
    <li className={classes.row} data-testid={`lock-${lock.id}`}>
      <LockKeyhole size={18} color="var(--nj-locked)" aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <div className={classes.text}>
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {lock.reason}
        </Text>
        <Text size="sm" className="nj-figures">
          {names.join(", ")} ·{" "}
          {shown === undefined ? (
            moment(lock.start)
          ) : (
            <AnchorLink
              to="/playback"
              search={{ camera: shown.id, time: lock.start, in: lock.start, out: lock.end }}
              size="sm"
            >
              {moment(lock.start)}
            </AnchorLink>
          )}{" "}
          · {durationText(t, Date.parse(lock.end) - startMs, i18n.language)}
        </Text>
        <Text size="xs" c="dimmed" className="nj-figures">
          {t("storage.lockedBy", { name: lock.created_by, time: moment(lock.created_at) })}
          {" · "}
          {lock.expires_at === null
            ? t("storage.lockedForEver")
            : t("storage.lockedUntil", { time: moment(lock.expires_at) })}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap" ml="auto">
        <Text size="sm" className="nj-figures" style={{ whiteSpace: "nowrap" }}>
          {formatBytes(t, lock.size_bytes, i18n.language)}
        </Text>
        <Tooltip label={t("storage.removeLock", { reason: lock.reason })}>
          <ActionIcon size="lg" aria-label={t("storage.removeLock", { reason: lock.reason })} onClick={onRemove}>
            <Trash2 size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  );
}
