import { describe, expect, it } from "vitest";
import { classifyFailure, unsupportedCodec } from "./failure.ts";

// Last lines of ffmpeg 5.1 as cameras and networks really made it write them.
const SEEN: readonly (readonly [cause: string, says: RegExp, lines: readonly string[]])[] = [
  [
    "auth_failed",
    /password/,
    [
      "[rtsp @ 0x55] method DESCRIBE failed: 401 Unauthorized",
      "pipe:0: Server returned 401 Unauthorized (authorization failed)",
    ],
  ],
  [
    "auth_failed",
    /password/,
    ["[https @ 0x55] HTTP error 403 Forbidden", "pipe:0: Server returned 403 Forbidden (access denied)"],
  ],
  [
    "camera_offline",
    /no stream at this path/,
    ["[rtsp @ 0x55] method DESCRIBE failed: 404 Not Found", "pipe:0: Server returned 404 Not Found"],
  ],
  [
    "camera_offline",
    /refuses the connection/,
    [
      "[tcp @ 0x55] Connection to tcp://10.0.0.7:554?timeout=0 failed: Connection refused",
      "pipe:0: Connection refused",
    ],
  ],
  [
    "camera_offline",
    /host name is not known/,
    ["[tcp @ 0x55] Failed to resolve hostname gate.lan: Name or service not known", "pipe:0: Input/output error"],
  ],
  [
    "camera_offline",
    /over the network/,
    ["[tcp @ 0x55] Connection to tcp://10.0.0.7:554?timeout=0 failed: No route to host", "pipe:0: No route to host"],
  ],
  ["camera_offline", /over the network/, ["pipe:0: Connection timed out"]],
  [
    "camera_offline",
    /ended the connection/,
    ["[concat @ 0x55] Impossible to open 'rtsp://10.0.0.7/main'", "pipe:0: Invalid data found when processing input"],
  ],
  [
    "camera_offline",
    /TCP and UDP/,
    ["[rtsp @ 0x55] method SETUP failed: 461 Unsupported transport", "pipe:0: Protocol not supported"],
  ],
  [
    "camera_offline",
    /two viewers/,
    ["[rtsp @ 0x55] method SETUP failed: 503 Service Unavailable", "pipe:0: Server returned 5XX Server Error reply"],
  ],
  [
    "unsupported_stream",
    /no picture/,
    ["Stream map '0:v:0' matches no streams.", "To ignore this, add a trailing '?' to the map."],
  ],
  [
    "unsupported_stream",
    /H\.264 or H\.265/,
    [
      "[mp4 @ 0x55] Could not find tag for codec vp8 in stream #0, codec not currently supported in container",
      "Could not write header for output file #0 (incorrect codec parameters ?): Invalid argument",
    ],
  ],
  [
    "camera_offline",
    /ended the connection/,
    ["[rtsp @ 0x55] CSeq 9 expected, 0 received.", "pipe:0: Connection reset by peer"],
  ],
  [
    "camera_offline",
    /before it said what it sends/,
    ["[concat @ 0x55] Impossible to open 'rtsp://10.0.0.7/main'", "pipe:0: Invalid data found when processing input"],
  ],
  ["camera_offline", /stream ended/, ["video:0kB audio:0kB subtitle:0kB"]],
  ["camera_offline", /stream ended/, []],
];

describe("why a stream could not be had", () => {
  it.each(SEEN)("is read from what ffmpeg wrote: %s, %s", (cause, says, lines) => {
    const failure = classifyFailure(lines);
    expect(failure.cause).toBe(cause);
    expect(failure.message).toMatch(says);
  });

  it("names a codec that cannot be recorded, and those that can", () => {
    expect(unsupportedCodec("mjpeg")).toEqual({
      cause: "unsupported_stream",
      message: "The camera sends MJPEG pictures, which cannot be recorded. Set it to H.264 or H.265.",
    });
  });
});
