import { Table } from "@mantine/core";
import type { ProbeResult } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import { formatBitrate, formatNumber, videoCodecName } from "../../i18n/quantities.ts";

/** Codecs, size and rates of a tried stream. */
export function ProbeFacts({ result }: { readonly result: ProbeResult }) {
  const { t, i18n } = useTranslation();
  const { video, audio } = result;
  const number = (value: number) => formatNumber(value, i18n.language);
  const unknown = t("common.notKnown");
  const profile = video.profile === null ? "" : ` · ${video.profile}`;
  const keyFrames = video.key_frame_interval_seconds;
  const facts = [
    [t("probe.video"), `${videoCodecName(video.codec)}${profile}`],
    [t("probe.size"), `${video.width} × ${video.height}`],
    [t("probe.fps"), video.fps === null ? unknown : t("unit.fps", { value: number(video.fps) })],
    [
      t("probe.keyFrames"),
      keyFrames === null ? t("probe.keyFramesUnknown") : t("unit.seconds", { value: number(keyFrames) }),
    ],
    [t("probe.bitrate"), video.bitrate_bps === null ? unknown : formatBitrate(t, video.bitrate_bps, i18n.language)],
    [
      t("probe.audio"),
      audio === null
        ? t("probe.noAudio")
        : [
            audio.codec.toUpperCase(),
            t("unit.khz", { value: number(audio.sample_rate_hz / 1000) }),
            t("unit.channels", { count: audio.channels }),
          ].join(" · "),
    ],
  ];
  return (
    <Table variant="vertical" layout="fixed" withRowBorders={false} verticalSpacing={3} className="nj-figures">
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={150} c="dimmed" fw={400} bg="transparent" px={0}>
              {name}
            </Table.Th>
            <Table.Td px={0}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
