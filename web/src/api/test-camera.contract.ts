import type { AudioSettings, Camera, EffectiveRecording, RecordingOverrides } from "@nightjar/api/camera";

/** The defaults that a camera made by `testCamera` inherits. */
export const TEST_DEFAULTS: EffectiveRecording = {
  mode: "continuous",
  stream: "main",
  schedule_id: null,
  retention_days: 30,
  segment_seconds: 600,
  segment_max_mb: 3900,
  pre_event_seconds: 5,
  post_event_seconds: 10,
};

/** A camera as the API tells it, with these recording settings of its own. */
export function testCamera(recording: RecordingOverrides, audio: AudioSettings | null = null): Camera {
  const own = Object.fromEntries(Object.entries(recording).filter(([, value]) => value !== null));
  return {
    id: 1,
    name: "Door",
    group_id: null,
    enabled: true,
    time_zone: "Asia/Tokyo",
    streams: { main: { url: "pattern:clock" }, sub: null },
    username: null,
    has_password: false,
    transport: "tcp",
    recording,
    audio,
    storage: {},
    effective: { recording: { ...TEST_DEFAULTS, ...own }, audio: audio ?? { enabled: true, codec: "auto" } },
    created_at: "2026-04-09T12:00:00.000Z",
  };
}
