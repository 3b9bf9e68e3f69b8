import type { VideoCodec } from "@nightjar/api/camera";
import type { TFunction } from "i18next";
import { localeOf } from "../time/format.ts";

/** At most two decimals, in the language's own way of writing. */
export function formatNumber(value: number, language: string): string {
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 2 }).format(value);
}

/** `2.01 Mbit/s`, below one `640 kbit/s`. */
export function formatBitrate(t: TFunction, bitsPerSecond: number, language: string): string {
  if (bitsPerSecond < 1_000_000) return t("unit.kbps", { value: Math.round(bitsPerSecond / 1000) });
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const value = new Intl.NumberFormat(localeOf(language), digits).format(bitsPerSecond / 1_000_000);
  return t("unit.mbps", { value });
}

/** `12.3 MB`, `1.2 GB`: decimal, as disks are sold. */
export function formatSize(t: TFunction, bytes: number, language: string): string {
  const [unit, divisor] = bytes < 1_000_000_000 ? (["megabytes", 1e6] as const) : (["gigabytes", 1e9] as const);
  const value = bytes / divisor;
  const digits = { maximumFractionDigits: value < 100 ? 1 : 0 };
  const least = bytes > 0 ? Math.max(value, 0.1) : 0;
  return t(`unit.${unit}`, { value: new Intl.NumberFormat(localeOf(language), digits).format(least) });
}

export function videoCodecName(codec: VideoCodec): string {
  return codec === "h264" ? "H.264" : "H.265";
}
