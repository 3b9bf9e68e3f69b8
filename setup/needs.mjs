import { existsSync } from "node:fs";
import { ffmpegProblem } from "./ffmpeg.mjs";
import { runProgram } from "./program.mjs";

/**
 * @typedef {object} Need Something outside npm that must be on the machine.
 * @property {string} name
 * @property {() => Promise<Lack | null>} lack what is wrong; null when it is there
 * @property {import("./system.mjs").PackageNames} packages
 */

/** @typedef {{ message: string, cure?: string }} Lack `cure`: what to do where installing the packages would not help */

/** The ffmpeg of the system. @type {Need} */
export const FFMPEG_NEED = {
  name: "ffmpeg",
  lack: async () => {
    const problem = await ffmpegProblem("ffmpeg");
    if (problem === null) return null;
    if (!problem.found) return { message: problem.message };
    return { message: problem.message, cure: "Install a newer one and set NIGHTJAR_FFMPEG to its path." };
  },
  packages: { apt: ["ffmpeg"], dnf: ["ffmpeg"], pacman: ["ffmpeg"], brew: ["ffmpeg"] },
};

/** An ffmpeg that somebody chose. @param {string} program @param {string} setting @returns {Need} */
export function chosenFfmpegNeed(program, setting) {
  return {
    ...FFMPEG_NEED,
    lack: async () => {
      const problem = await ffmpegProblem(program);
      const cure = `Set ${setting} to an ffmpeg with ffprobe beside it, or leave it out to use the system's.`;
      return problem === null ? null : { message: problem.message, cure };
    },
  };
}

const FONTS = [
  "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
  "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
  "/usr/share/fonts/TTF/DejaVuSans.ttf",
  "/System/Library/Fonts",
];

/** For pictures with a clock or frame numbers: the demo cameras and the tests. @type {Need} */
export const FONT_NEED = {
  name: "a font for generated pictures",
  lack: async () =>
    FONTS.some((path) => existsSync(path)) ? null : { message: "The font DejaVu Sans was not found." },
  packages: { apt: ["fonts-dejavu-core"], dnf: ["dejavu-sans-fonts"], pacman: ["ttf-dejavu"], brew: [] },
};

const CHROMIUM = "/usr/bin/chromium";

/** The browser of the tests, where e2e/playwright.config.ts looks for it. @type {Need} */
const CHROMIUM_NEED = {
  name: "Chromium",
  lack: async () => (existsSync(CHROMIUM) ? null : { message: `${CHROMIUM} was not found.` }),
  packages: { apt: ["chromium"], dnf: ["chromium"], pacman: ["chromium"], brew: ["chromium"] },
};

// The distribution's own Python, not one first on the search path: only the former sees the packaged bindings.
const PYTHON = "/usr/bin/python3";
const PYTHON_CHECK = `
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, Gst, GstRtspServer
Gst.init(None)
video = ["qtdemux", "h264parse", "appsrc", "appsink", "rtph264pay", "rtph265pay", "rtpjpegpay"]
sound = ["rtpmp4gpay", "rtpopuspay", "rtpmpapay", "rtppcmupay", "rtppcmapay", "rtpg726pay"]
missing = [name for name in video + sound if Gst.ElementFactory.find(name) is None]
if missing:
    raise SystemExit("GStreamer lacks " + ", ".join(missing))
if not Gio.TlsBackend.get_default().supports_tls():
    raise SystemExit("GLib lacks TLS (glib-networking)")
`;

/** The cameras of the tests. @type {Need} */
const RTSP_SERVER_NEED = {
  name: "GStreamer's RTSP server",
  lack: async () => {
    const { code, output } = await runProgram(PYTHON, ["-c", PYTHON_CHECK]);
    const reason = output.trim().split("\n").at(-1) ?? "";
    return code === 0 ? null : { message: `GStreamer's RTSP server cannot be used: ${reason}` };
  },
  packages: {
    apt: [
      "gir1.2-gst-rtsp-server-1.0",
      "gstreamer1.0-plugins-base",
      "gstreamer1.0-plugins-good",
      "gstreamer1.0-plugins-bad",
      "gstreamer1.0-plugins-ugly",
      "gstreamer1.0-libav",
      "glib-networking",
      "python3-gi",
    ],
    dnf: [
      "gstreamer1-rtsp-server",
      "gstreamer1-plugins-base",
      "gstreamer1-plugins-good",
      "gstreamer1-plugins-bad-free",
      "gstreamer1-plugins-ugly",
      "gstreamer1-libav",
      "glib-networking",
      "python3-gobject",
    ],
    pacman: [
      "gst-rtsp-server",
      "gst-plugins-base",
      "gst-plugins-good",
      "gst-plugins-bad",
      "gst-plugins-ugly",
      "gst-libav",
      "glib-networking",
      "python-gobject",
    ],
    brew: ["gstreamer", "glib-networking", "pygobject3"],
  },
};

/** Makes the certificates of cameras that speak TLS. @type {Need} */
const OPENSSL_NEED = {
  name: "openssl",
  lack: async () => {
    const { code } = await runProgram("openssl", ["version"]);
    return code === 0 ? null : { message: "openssl was not found." };
  },
  packages: { apt: ["openssl"], dnf: ["openssl"], pacman: ["openssl"], brew: ["openssl"] },
};

/** Makes and mounts the small disks that are full, fail or freeze; only root can. @type {Need} */
const DISK_NEED = {
  name: "mkfs.ext4 and fsfreeze",
  lack: async () => {
    if (process.getuid?.() !== 0) return null;
    const results = await Promise.all([runProgram("mkfs.ext4", ["-V"]), runProgram("fsfreeze", ["--version"])]);
    return results.every(({ code }) => code === 0) ? null : { message: "mkfs.ext4 or fsfreeze was not found." };
  },
  packages: {
    apt: ["e2fsprogs", "mount", "util-linux"],
    dnf: ["e2fsprogs", "util-linux"],
    pacman: ["e2fsprogs", "util-linux"],
    brew: [],
  },
};

/** Lets the service's user start and stop its workers, and only those: rules that look at units came with version 0.106. @type {Need} */
export const POLKIT_NEED = {
  name: "polkit",
  lack: async () => {
    const { code, output } = await runProgram("pkaction", ["--version"]);
    if (code !== 0) return { message: "polkit was not found." };
    const [, major, minor] = /(\d+)(?:\.(\d+))?/.exec(output) ?? [];
    if (Number(major) > 0 || Number(minor) >= 106) return null;
    return {
      message: `polkit is too old: ${output.trim()}.`,
      cure: "Debian 12 and Ubuntu 24.04 have one that will do.",
    };
  },
  packages: { apt: ["polkitd"], dnf: ["polkit"], pacman: ["polkit"], brew: [] },
};

/** What boots a machine in a container, for the tests of the service; only root can. @type {Need} */
const CONTAINER_NEED = {
  name: "systemd-nspawn",
  lack: async () => {
    if (process.getuid?.() !== 0) return null;
    const [nspawn, polkit] = await Promise.all([runProgram("systemd-nspawn", ["--version"]), POLKIT_NEED.lack()]);
    return nspawn.code === 0 ? polkit : { message: "systemd-nspawn was not found." };
  },
  packages: {
    apt: ["systemd-container", "polkitd"],
    dnf: ["systemd-container", "polkit"],
    pacman: ["systemd", "polkit"],
    brew: [],
  },
};

/** Moves footage to network shares. @type {Need} */
const RCLONE_NEED = {
  name: "rclone",
  lack: async () => {
    const { code } = await runProgram("rclone", ["version"]);
    return code === 0 ? null : { message: "rclone was not found." };
  },
  packages: { apt: ["rclone"], dnf: ["rclone"], pacman: ["rclone"], brew: ["rclone"] },
};

const SAMBA = ["/usr/sbin/smbd", "/usr/bin/smbd"];

/** The NAS of the tests, as an ordinary process of its own. @type {Need} */
const SAMBA_NEED = {
  name: "Samba",
  lack: async () => (SAMBA.some((path) => existsSync(path)) ? null : { message: "Samba (smbd) was not found." }),
  packages: { apt: ["samba"], dnf: ["samba"], pacman: ["samba"], brew: ["samba"] },
};

export const TEST_NEEDS = [
  FONT_NEED,
  CHROMIUM_NEED,
  RTSP_SERVER_NEED,
  OPENSSL_NEED,
  DISK_NEED,
  CONTAINER_NEED,
  RCLONE_NEED,
  SAMBA_NEED,
];
