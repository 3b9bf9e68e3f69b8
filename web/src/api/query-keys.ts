/** Every key of the query cache, in one place, so that live changes find what they change. */
export const queryKeys = {
  setupState: ["setup-state"] as const,
  me: ["me"] as const,
  cameras: ["cameras"] as const,
  groups: ["groups"] as const,
  alerts: ["alerts"] as const,
  schedules: ["schedules"] as const,
  recordingSettings: ["recording-settings"] as const,
  storage: ["storage"] as const,
  locks: ["locks"] as const,
  cameraStatus: (cameraId: number) => ["camera-status", cameraId] as const,
  days: (cameraId: number, month: string) => ["days", cameraId, month] as const,
  daysOfCamera: (cameraId: number) => ["days", cameraId] as const,
  timelineOfCamera: (cameraId: number) => ["timeline", cameraId] as const,
  timeline: (cameraId: number, startMs: number, endMs: number, resolutionSeconds: number) =>
    ["timeline", cameraId, startMs, endMs, resolutionSeconds] as const,
  segmentStarts: (cameraId: number, startMs: number, endMs: number) =>
    ["segment-starts", cameraId, startMs, endMs] as const,
  segmentStartsOfCamera: (cameraId: number) => ["segment-starts", cameraId] as const,
  nextFootage: (cameraId: number, ms: number) => ["next-footage", cameraId, ms] as const,
  diagnosis: (cameraId: number, ms: number) => ["diagnosis", cameraId, ms] as const,
  exports: ["exports"] as const,
  exportEstimate: (order: unknown) => ["export-estimate", order] as const,
  installationKey: ["installation-key"] as const,
  probe: (input: unknown) => ["probe", input] as const,
};
