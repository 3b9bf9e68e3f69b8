#!/usr/bin/python3
"""One RTSP camera: plays a scene without re-encoding on GStreamer's RTSP server, for all clients on one timeline.

Takes one line of JSON on its standard input, so that the password does not stand in its arguments:
  video      file with one video track and, for AAC, one audio track (MP4 or QuickTime)
  aac        does it have one?
  g711       {"file", "encoding": "pcmu" | "pcma"}: 8 kHz mono without container; or null
  path       "/main"
  port       TCP port on 127.0.0.1, 0 = any free one
  epochMs    wall time at which frame 0 was due; what is sent at any time follows from it, also after a restart
  auth       {"method": "digest" | "basic", "username", "password"}; or null
Prints {"port": N} when it listens, and ends when its standard input is closed.
Needs python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-{base,good,bad} (Debian).
"""
import json
import os
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402,F401

PAYLOADERS = {
    "video/x-h264": "rtph264pay config-interval=-1",
    "video/x-h265": "rtph265pay config-interval=-1",
    "image/jpeg": "rtpjpegpay",
    "audio/mpeg": "rtpmp4gpay",
    "audio/x-mulaw": "rtppcmupay",
    "audio/x-alaw": "rtppcmapay",
}
G711_CAPS = {"pcmu": "audio/x-mulaw,rate=8000,channels=1", "pcma": "audio/x-alaw,rate=8000,channels=1"}
G711_PACKET_BYTES = 160
G711_NS_PER_BYTE = Gst.SECOND // 8000


class Track:
    """The access units of one track, in order: (time from the scene's start, duration, bytes, is it a key frame), times in ns."""

    def __init__(self, caps, units):
        self.caps = caps
        self.units = units
        self.payloader = PAYLOADERS[caps.get_structure(0).get_name()]
        self.end_ns = units[-1][0] + units[-1][1]


def demuxed_track(file, pad):
    """The track behind a pad of the demultiplexer such as `video_0`, or None."""
    pipeline = Gst.parse_launch(f'filesrc location="{file}" ! qtdemux name=demux demux.{pad} ! appsink name=out sync=false')
    out = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    caps, units = None, []
    while True:
        sample = out.try_pull_sample(2 * Gst.SECOND)
        if sample is None:
            break
        caps = sample.get_caps()
        buffer = sample.get_buffer()
        key = not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
        units.append((buffer.pts, buffer.duration, buffer.extract_dup(0, buffer.get_size()), key))
    pipeline.set_state(Gst.State.NULL)
    return Track(caps, units) if units else None


def g711_track(file, encoding):
    with open(file, "rb") as stream:
        data = stream.read()
    step = G711_PACKET_BYTES * G711_NS_PER_BYTE
    starts = range(0, len(data) - G711_PACKET_BYTES + 1, G711_PACKET_BYTES)
    units = [(i * step, step, data[at : at + G711_PACKET_BYTES], True) for i, at in enumerate(starts)]
    return Track(Gst.Caps.from_string(G711_CAPS[encoding]), units)


class Camera:
    def __init__(self, settings):
        self.epoch_ns = settings["epochMs"] * 1_000_000
        video = demuxed_track(settings["video"], "video_0")
        if settings["g711"]:
            audio = g711_track(settings["g711"]["file"], settings["g711"]["encoding"])
        elif settings["aac"]:
            audio = demuxed_track(settings["video"], "audio_0")
        else:
            audio = None
        self.tracks = [track for track in (video, audio) if track]
        # The video decides how long a turn is; sound that would reach into the next turn is left out.
        self.turn_ns = video.end_ns

    def factory(self):
        factory = GstRtspServer.RTSPMediaFactory()
        sources = [
            f"appsrc name=track{i} is-live=true format=time max-bytes=0 ! {track.payloader} name=pay{i} pt={96 + i}"
            for i, track in enumerate(self.tracks)
        ]
        factory.set_launch("( " + " ".join(sources) + " )")
        factory.set_shared(True)
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)
        factory.connect("media-configure", self.on_media)
        return factory

    def on_media(self, _factory, media):
        now_ns = time.time_ns()
        for i, track in enumerate(self.tracks):
            source = media.get_element().get_by_name(f"track{i}")
            source.set_property("caps", track.caps)
            threading.Thread(target=self.feed, args=(source, track, now_ns), daemon=True).start()

    def feed(self, source, track, zero_ns):
        """Sends what is due from `zero_ns` on, until the last client has left. Time stamps count from `zero_ns`."""
        for due_ns, duration_ns, data, key in self.due_from(track, zero_ns):
            time.sleep(max(0, due_ns - time.time_ns()) / 1e9)
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = due_ns - zero_ns
            buffer.duration = duration_ns
            if not key:
                buffer.set_flags(Gst.BufferFlags.DELTA_UNIT)
            if source.push_buffer(buffer) != Gst.FlowReturn.OK:
                return

    def due_from(self, track, from_ns):
        turn = max(0, (from_ns - self.epoch_ns) // self.turn_ns)
        while True:
            start_ns = self.epoch_ns + turn * self.turn_ns
            for at_ns, duration_ns, data, key in track.units:
                if start_ns + at_ns >= from_ns and at_ns + duration_ns <= self.turn_ns:
                    yield start_ns + at_ns, duration_ns, data, key
            turn += 1


def protect(server, factory, auth_settings):
    """Only the one user may describe and play."""
    method = {"digest": GstRtsp.RTSPAuthMethod.DIGEST, "basic": GstRtsp.RTSPAuthMethod.BASIC}[auth_settings["method"]]
    user, password = auth_settings["username"], auth_settings["password"]
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(method)
    if auth_settings["method"] == "digest":
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    factory.set_permissions(permissions)


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    settings = json.loads(sys.stdin.buffer.readline())
    Gst.init(None)
    camera = Camera(settings)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(settings["port"]))
    factory = camera.factory()
    if settings["auth"]:
        protect(server, factory, settings["auth"])
    server.get_mount_points().add_factory(settings["path"], factory)
    if server.attach(None) == 0:
        sys.exit(f"cannot listen on 127.0.0.1:{settings['port']}")
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    GLib.MainLoop().run()


main()
