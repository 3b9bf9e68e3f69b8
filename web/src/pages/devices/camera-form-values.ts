import type { Camera, CameraCreate, CameraPatch, RecordingMode } from "@nightjar/api/camera";
import { StreamUrl } from "@nightjar/api/camera";

/** "As set for all cameras": nothing is written for this camera. */
export const INHERIT = "inherit";

/** What the form's fields hold. */
export interface CameraFormValues {
  readonly name: string;
  readonly url: string;
  /** Empty = the camera has no sub stream. */
  readonly subUrl: string;
  readonly username: string;
  readonly password: string;
  readonly transport: "tcp" | "udp";
  /** Name of a group; one that does not exist yet is made. Empty = none. */
  readonly group: string;
  /** Empty = the server's. */
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly mode: RecordingMode | typeof INHERIT;
  readonly audio: "on" | "off" | typeof INHERIT;
}

export function formValuesOf(camera: Camera | null, groupName: string): CameraFormValues {
  const audio = camera?.audio ?? null;
  return {
    name: camera?.name ?? "",
    url: camera?.streams.main.url ?? "",
    subUrl: camera?.streams.sub?.url ?? "",
    username: camera?.username ?? "",
    password: "",
    transport: camera?.transport ?? "tcp",
    group: groupName,
    timeZone: camera?.time_zone ?? "",
    enabled: camera?.enabled ?? true,
    mode: camera?.recording.mode ?? INHERIT,
    audio: audio === null ? INHERIT : audio.enabled ? "on" : "off",
  };
}

/** The body that makes a camera of these values. */
export function cameraCreateOf(values: CameraFormValues, groupId: number | null): CameraCreate {
  return {
    name: values.name.trim(),
    streams: streamsOf(values),
    group_id: groupId,
    enabled: values.enabled,
    ...(values.timeZone === "" ? {} : { time_zone: values.timeZone }),
    username: values.username === "" ? null : values.username,
    password: values.password === "" ? null : values.password,
    transport: values.transport,
    recording: values.mode === INHERIT ? {} : { mode: values.mode },
    audio: audioOf(values),
    storage: {},
  };
}

/** The body that changes what a camera is called and where it belongs. */
export function generalPatchOf(values: CameraFormValues, groupId: number | null): CameraPatch {
  return {
    name: values.name.trim(),
    group_id: groupId,
    enabled: values.enabled,
    ...(values.timeZone === "" ? {} : { time_zone: values.timeZone }),
  };
}

/** The body that changes how a camera is reached; an empty password keeps the present one, no user name means none is needed. */
export function streamsPatchOf(values: CameraFormValues): CameraPatch {
  return {
    streams: streamsOf(values),
    username: values.username === "" ? null : values.username,
    password: values.username === "" ? null : values.password,
    transport: values.transport,
  };
}

function streamsOf({ url, subUrl }: CameraFormValues): CameraCreate["streams"] {
  return { main: { url: url.trim() }, sub: subUrl.trim() === "" ? null : { url: subUrl.trim() } };
}

function audioOf({ audio }: CameraFormValues): CameraCreate["audio"] {
  return audio === INHERIT ? null : { enabled: audio === "on", codec: "auto" };
}

/**
 * An address as people paste it, `rtsp://user:secret@host/path`, parted into the address and what belongs into other fields. null when it
 * holds neither.
 */
export function splitCredentials(url: string): { url: string; username: string; password: string } | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.username === "" && parsed.password === "") return null;
  const authority = url.indexOf("//") + 2;
  const at = url.lastIndexOf("@", endOfAuthority(url, authority));
  return {
    url: url.slice(0, authority) + url.slice(at + 1),
    username: decoded(parsed.username),
    password: decoded(parsed.password),
  };
}

function endOfAuthority(url: string, from: number): number {
  const end = url.slice(from).search(/[/?#]/);
  return end === -1 ? url.length : from + end;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What to do with an address that is being typed: nothing yet, say what is wrong, or try it. */
export function judgeUrl(url: string): "empty" | "incomplete" | "wrong" | "complete" {
  const trimmed = url.trim();
  if (trimmed === "") return "empty";
  const local = /^(pattern|file):./i.test(trimmed);
  if (!local && /^[a-z]*:?\/{0,2}$/i.test(trimmed)) return "incomplete";
  if (!StreamUrl.safeParse(trimmed).success) return "wrong";
  return local || new URL(trimmed).hostname !== "" ? "complete" : "incomplete";
}

/** Where a server's complaint about a field is shown. */
export function formFieldOf(field: string): keyof CameraFormValues | null {
  const fields: Record<string, keyof CameraFormValues> = {
    name: "name",
    "streams.main.url": "url",
    "streams.sub.url": "subUrl",
    username: "username",
    password: "password",
    transport: "transport",
    group_id: "group",
    time_zone: "timeZone",
    "recording.mode": "mode",
    "audio.enabled": "audio",
  };
  return fields[field] ?? null;
}
