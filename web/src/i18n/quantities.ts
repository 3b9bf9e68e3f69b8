import type { VideoCodec } from "@nightjar/api/camera";
import type { TFunction } from "i18next";
import { localeOf } from "../time/format.ts";

const formats = new Map<string, Intl.NumberFormat>();

/** At most two decimals, in the language's own way of writing. */
export function formatNumber(value: number, language: string): string {
  const known = formats.get(language);
  // Making one takes a hundred times as long as using it.
  const format = known ?? new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 2 });
  if (known === undefined) formats.set(language, format);
  return format.format(value);
}

/** `2.01 Mbit/s`, below one `640 kbit/s`. */
export function formatBitrate(t: TFunction, bitsPerSecond: number, language: string): string {
  if (bitsPerSecond < 1_000_000) return t("unit.kbps", { value: Math.round(bitsPerSecond / 1000) });
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const value = new Intl.NumberFormat(localeOf(language), digits).format(bitsPerSecond / 1_000_000);
  return t("unit.mbps", { value });
}

/** `1.2 TB`, `12.3 GB`, `640 MB`, of powers of ten. */
export function formatBytes(t: TFunction, bytes: number, language: string): string {
  const [key, unit] =
    bytes >= 1e12
      ? (["unit.terabytes", 1e12] as const)
      : bytes >= 1e9
        ? (["unit.gigabytes", 1e9] as const)
        : (["unit.megabytes", 1e6] as const);
  const value = bytes / unit;
  const digits = { maximumFractionDigits: value >= 100 || (unit === 1e6 && value >= 1) ? 0 : 1 };
  return t(key, { value: new Intl.NumberFormat(localeOf(language), digits).format(value) });
}

export function videoCodecName(codec: VideoCodec): string {
  return codec === "h264" ? "H.264" : "H.265";
}
