/** The time zone this device is in, for what belongs to no camera. */
export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
