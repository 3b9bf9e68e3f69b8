import { NightjarError } from "../base/error.ts";

/** Where a worker or a probe pulls from; the password in the clear, in memory only. */
export interface StreamSource {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly transport: "tcp" | "udp";
  /** Somebody waits for the picture: ffmpeg does not look at the frame rate first, which takes it two seconds. */
  readonly quick?: boolean;
}

/** What ffmpeg is given to open a source: arguments ahead of the output's, and what it reads from its standard input. */
export interface SourceInput {
  readonly arguments: readonly string[];
  /** Carries the credentials, which must not stand in the arguments where every user of the machine can read them. */
  readonly stdin: string;
  /** The picture is made here and must be encoded; otherwise it is the camera's and is copied. */
  readonly synthetic: boolean;
  /** Stream specifier of the sound; null when there can be none. */
  readonly sound: string | null;
}

/** The first sound of the camera, if it has any. */
const CAMERA_SOUND = "0:a:0?";

/** Protocols that ffmpeg may open for a source of a scheme; whatever a redirect or a playlist asks for beyond them is refused. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "rtsp:": "pipe,rtsp,rtp,udp,tcp",
  "rtsps:": "pipe,rtsp,rtp,udp,tcp,tls,crypto",
  "http:": "pipe,http,tcp",
  "https:": "pipe,https,http,tls,tcp,crypto",
  "rtmp:": "pipe,rtmp,tcp",
};

/** The input part of ffmpeg's arguments. Pure. Throws `invalid_field` for a URL that the contract would not have let in. */
export function sourceInput(source: StreamSource): SourceInput {
  if (!URL.canParse(source.url)) throw new NightjarError("invalid_field", "The stream's address is not a URL.");
  const url = new URL(source.url);
  if (url.protocol === "file:") {
    return {
      arguments: ["-protocol_whitelist", "file", "-re", "-stream_loop", "-1", "-i", `file:${filePath(url)}`],
      stdin: "",
      synthetic: false,
      sound: CAMERA_SOUND,
    };
  }
  if (url.protocol === "pattern:") return patternInput(url);
  const whitelist = PROTOCOLS[url.protocol];
  if (whitelist === undefined)
    throw new NightjarError("invalid_field", `Streams cannot be pulled over ${url.protocol}`);
  return {
    arguments: [
      ...(source.quick ? ["-fpsprobesize", "0"] : []),
      "-f",
      "concat",
      "-safe",
      "0",
      "-protocol_whitelist",
      whitelist,
      "-i",
      "pipe:0",
    ],
    stdin: concatScript(url, source),
    synthetic: false,
    sound: CAMERA_SOUND,
  };
}

function filePath(url: URL): string {
  try {
    const path = decodeURIComponent(url.pathname);
    if (!path.includes("\0")) return path;
  } catch {
    // Not UTF-8 behind its percent signs.
  }
  throw new NightjarError("invalid_field", "The address of the file is not one that a file can have.");
}

/** An ffconcat script with one entry: ffmpeg reads it from standard input, credentials included. */
function concatScript(url: URL, source: StreamSource): string {
  if (source.username !== null && source.username !== "") {
    url.username = encodedCredential(source.username);
    url.password = encodedCredential(source.password ?? "");
  }
  const lines = ["ffconcat version 1.0", `file '${url.href.replaceAll("'", "'\\''")}'`];
  if (url.protocol.startsWith("rtsp")) lines.push(`option rtsp_transport ${source.transport}`);
  if (source.quick) lines.push("option fpsprobesize 0");
  return `${lines.join("\n")}\n`;
}

/** Quotes too: ffmpeg puts addresses into quotes when it complains, and a redactor must see where the credentials end. */
function encodedCredential(text: string): string {
  // Through UTF-8, as half a surrogate pair cannot be percent-encoded.
  return encodeURIComponent(Buffer.from(text).toString()).replaceAll("'", "%27");
}

const PATTERN_SIZE = /^(\d{2,4})x(\d{2,4})$/;

/** `pattern:clock?size=1280x720&fps=15&sound=1`: a moving test picture with the time of day (UTC), and a beep each second. */
function patternInput(url: URL): SourceInput {
  const size = url.searchParams.get("size") ?? "1280x720";
  const fps = Number(url.searchParams.get("fps") ?? "15");
  if (!PATTERN_SIZE.test(size) || !Number.isInteger(fps) || fps < 1 || fps > 60) {
    throw new NightjarError(
      "invalid_field",
      "A test pattern takes size=WIDTHxHEIGHT and fps=1…60, such as pattern:clock?size=1280x720&fps=15",
    );
  }
  const clock =
    "drawtext=text='%{gmtime\\:%H\\\\\\:%M\\\\\\:%S} UTC':fontsize=h/9:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=12:x=(w-tw)/2:y=h-2*th";
  const picture = ["-re", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${fps},${clock}`];
  const withSound = url.searchParams.get("sound") === "1";
  const sound = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:beep_factor=3:sample_rate=48000"];
  return {
    arguments: withSound ? [...picture, ...sound] : picture,
    stdin: "",
    synthetic: true,
    sound: withSound ? "1:a:0" : null,
  };
}

/** The source's address as it may be shown and logged. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return "(not a URL)";
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
