import type { GapCause } from "@nightjar/api/camera";

/** Why a camera's stream could not be had: the cause for the ledger and a sentence that says what to do. */
export interface StreamFailure {
  readonly cause: Extract<GapCause, "camera_offline" | "auth_failed" | "stream_stalled" | "unsupported_stream">;
  readonly message: string;
}

const RULES: readonly { readonly pattern: RegExp; readonly failure: StreamFailure }[] = [
  {
    pattern: /401 Unauthorized|403 Forbidden|authorization failed|access denied|Server returned 40[13]/i,
    failure: {
      cause: "auth_failed",
      message: "The camera refuses the user name or password. Check them in the camera's settings.",
    },
  },
  {
    pattern: /404 Not Found|454 Session Not Found|Server returned 404|No such file or directory/i,
    failure: {
      cause: "camera_offline",
      message:
        "The camera answers, but has no stream at this path. Check the part of the address behind the host name.",
    },
  },
  {
    pattern: /461 Unsupported transport|Nonmatching transport in server reply/i,
    failure: {
      cause: "camera_offline",
      message:
        "The camera does not offer this transport. Choose the other one of TCP and UDP in the camera's settings.",
    },
  },
  {
    pattern: /453 Not Enough Bandwidth|503 Service Unavailable|5XX Server Error/i,
    failure: {
      cause: "camera_offline",
      message:
        "The camera answers, but serves nobody more now. Many cameras allow two viewers only: disconnect others. It is tried again.",
    },
  },
  {
    pattern: /Connection refused/i,
    failure: {
      cause: "camera_offline",
      message: "The camera's host refuses the connection. Is the camera's stream switched on, and is the port right?",
    },
  },
  {
    pattern: /Failed to resolve hostname|Name or service not known|Temporary failure in name resolution/i,
    failure: {
      cause: "camera_offline",
      message: "The camera's host name is not known. Check the address, or give its IP address.",
    },
  },
  {
    pattern: /No route to host|Network is unreachable|Host is unreachable|Connection timed out|Operation timed out/i,
    failure: {
      cause: "camera_offline",
      message: "The camera cannot be reached over the network. Is it switched on and in the same network?",
    },
  },
  {
    // A line that is cut ahead of the description reads like damaged data; what RTSP cameras send does so only behind it.
    pattern: /Impossible to open 'rtsps?:[^']*'\n(?:.*\n)*?.*Invalid data found|Connection reset by peer/i,
    failure: {
      cause: "camera_offline",
      message: "The camera ended the connection before it said what it sends. It is tried again.",
    },
  },
  {
    pattern: /matches no streams|does not contain any stream/i,
    failure: {
      cause: "unsupported_stream",
      message: "The stream has no picture. Choose another stream of the camera.",
    },
  },
  {
    pattern:
      /codec not currently supported in container|Could not find tag for codec|Could not write header|Invalid data found when processing input/i,
    failure: {
      cause: "unsupported_stream",
      message: "The stream is of a kind that cannot be recorded. Set the camera to H.264 or H.265.",
    },
  },
  {
    pattern: /Connection reset|Broken pipe|End of file|Error number -\d+ occurred|Input\/output error/i,
    failure: { cause: "camera_offline", message: "The camera ended the connection. It is tried again." },
  },
];

/** Reads the cause from the last lines that ffmpeg wrote. Pure. */
export function classifyFailure(stderrLines: readonly string[]): StreamFailure {
  const text = stderrLines.join("\n");
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  return rule?.failure ?? { cause: "camera_offline", message: "The camera's stream ended. It is tried again." };
}

/** A picture codec that is not H.264 or H.265. */
export function unsupportedCodec(codec: string): StreamFailure {
  return {
    cause: "unsupported_stream",
    message: `The camera sends ${codec.toUpperCase()} pictures, which cannot be recorded. Set it to H.264 or H.265.`,
  };
}
