#!/usr/bin/python3
"""One RTSP camera: plays scenes without re-encoding on GStreamer's RTSP server, for all clients on one timeline.

Takes one line of JSON on its standard input, so that the password does not stand in its arguments:
  streams    [{"path": "/main", "videos": [file, ...], "sound": {"encoding", "file"} | null}, ...]
             videos: files with one video track (MP4 or QuickTime), played one after the other as one stream
             sound: its file is the video's own (aac, opus, mp3) or mono at 8 kHz without container (pcmu, pcma, g726)
  port       TCP port on 127.0.0.1, 0 = any free one
  epochMs    wall time at which frame 0 was due; what is sent at any time follows from it, also after a restart
  auth       {"method": "digest" | "basic", "username", "password"}; or null
  transport  "any", "tcp" or "udp": what it lets clients choose
  sessions   at most so many clients; 0 = any number
  tls        {"certificate", "key"}: PEM files of an rtsps camera; or null
Prints {"port": N} when it listens, and ends when its standard input is closed.
Needs python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-{base,good,bad} and, for rtsps, glib-networking (Debian).
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
from gi.repository import Gio, GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402,F401

VIDEO_PAYLOADERS = {
    "video/x-h264": "rtph264pay config-interval=-1",
    "video/x-h265": "rtph265pay config-interval=-1",
    "image/jpeg": "rtpjpegpay",
}
SOUND_PAYLOADERS = {
    "aac": "rtpmp4gpay",
    "opus": "rtpopuspay",
    "mp3": "rtpmpapay",
    "pcmu": "rtppcmupay",
    "pcma": "rtppcmapay",
    "g726": "rtpg726pay force-aal2=false",
}
RAW_SOUND_CAPS = {
    "pcmu": "audio/x-mulaw,rate=8000,channels=1",
    "pcma": "audio/x-alaw,rate=8000,channels=1",
    "g726": "audio/x-adpcm,layout=g726,bitrate=32000,rate=8000,channels=1",
}
RAW_SOUND_BYTES_PER_SECOND = {"pcmu": 8000, "pcma": 8000, "g726": 4000}
RAW_SOUND_PACKET_NS = Gst.SECOND // 50
# From the first sender report on a client knows how sound and picture belong together; until then it has to trust RTP-Info, which is up to
# 100 ms wrong here when the machine is busy. GStreamer's own choice would be five seconds, and between one and four for the first.
RTCP_INTERVAL_NS = Gst.SECOND // 2
# Reports take a twentieth of it at most; GStreamer's own estimate of a small stream would not leave room for that interval.
RTCP_BANDWIDTH_BITS_PER_SECOND = 1_000_000
TRANSPORTS = {
    "any": GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP,
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "udp": GstRtsp.RTSPLowerTrans.UDP,
}


class Track:
    """The access units of one track, in order: (time from the scene's start, duration, bytes, is it a key frame), times in ns."""

    def __init__(self, caps, units):
        self.caps = caps
        self.units = units
        self.end_ns = units[-1][0] + units[-1][1]


def demuxed_track(file, pad, parser=""):
    """The track behind a pad of the demultiplexer such as `video_0`; `parser`: what stands between the two."""
    pipeline = Gst.parse_launch(f'filesrc location="{file}" ! qtdemux name=demux demux.{pad} ! {parser} appsink name=out sync=false')
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
        # As the file's edit list has it: an encoder's priming lies ahead of the start.
        start_ns = sample.get_segment().to_running_time(Gst.Format.TIME, buffer.pts)
        if start_ns != Gst.CLOCK_TIME_NONE:
            units.append((start_ns, buffer.duration, buffer.extract_dup(0, buffer.get_size()), key))
    pipeline.set_state(Gst.State.NULL)
    return Track(caps, units)


def video_track(files):
    """Several files become one stream: their parameter sets stand in it, before every key frame."""
    if len(files) == 1:
        return demuxed_track(files[0], "video_0")
    parser = "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au !"
    tracks = [demuxed_track(file, "video_0", parser) for file in files]
    units, start_ns = [], 0
    for track in tracks:
        units += [(start_ns + at_ns, duration_ns, data, key) for at_ns, duration_ns, data, key in track.units]
        start_ns += track.end_ns
    return Track(tracks[0].caps, units)


def sound_track(file, encoding):
    if encoding not in RAW_SOUND_CAPS:
        return demuxed_track(file, "audio_0")
    with open(file, "rb") as stream:
        data = stream.read()
    packet_bytes = RAW_SOUND_BYTES_PER_SECOND[encoding] * RAW_SOUND_PACKET_NS // Gst.SECOND
    packets = range(len(data) // packet_bytes)
    step = RAW_SOUND_PACKET_NS
    units = [(i * step, step, data[i * packet_bytes : (i + 1) * packet_bytes], True) for i in packets]
    return Track(Gst.Caps.from_string(RAW_SOUND_CAPS[encoding]), units)


class Stream:
    """What is played at one path."""

    def __init__(self, settings, epoch_ns):
        self.path = settings["path"]
        self.epoch_ns = epoch_ns
        video = video_track(settings["videos"])
        self.tracks = [video]
        self.payloaders = [VIDEO_PAYLOADERS[video.caps.get_structure(0).get_name()]]
        if settings["sound"]:
            encoding = settings["sound"]["encoding"]
            self.tracks.append(sound_track(settings["sound"]["file"], encoding))
            self.payloaders.append(SOUND_PAYLOADERS[encoding])
        # The video decides how long a turn is; sound that would reach into the next turn is left out.
        self.turn_ns = video.end_ns

    def factory(self, transport):
        factory = GstRtspServer.RTSPMediaFactory()
        sources = [
            f"appsrc name=track{i} is-live=true format=time max-bytes=0 ! {payloader} name=pay{i} pt={96 + i}"
            for i, payloader in enumerate(self.payloaders)
        ]
        factory.set_launch("( " + " ".join(sources) + " )")
        factory.set_shared(True)
        factory.set_protocols(TRANSPORTS[transport])
        factory.connect("media-configure", self.on_media)
        return factory

    def on_media(self, _factory, media):
        media.connect("prepared", self.on_prepared)
        now_ns = time.time_ns()
        for i, track in enumerate(self.tracks):
            source = media.get_element().get_by_name(f"track{i}")
            source.set_property("caps", track.caps)
            threading.Thread(target=self.feed, args=(source, track, now_ns), daemon=True).start()

    def on_prepared(self, media):
        for i in range(media.n_streams()):
            session = media.get_stream(i).get_rtpsession()
            session.set_property("rtcp-min-interval", RTCP_INTERVAL_NS)
            session.set_property("bandwidth", RTCP_BANDWIDTH_BITS_PER_SECOND)

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


def protect(server, factories, auth_settings, tls):
    """Only the one user may describe and play (where there is one), and only over TLS (where there is a certificate)."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    if tls:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(tls["certificate"], tls["key"]))
    if auth_settings:
        user, password = auth_settings["username"], auth_settings["password"]
        method = {"digest": GstRtsp.RTSPAuthMethod.DIGEST, "basic": GstRtsp.RTSPAuthMethod.BASIC}[auth_settings["method"]]
        auth.set_supported_methods(method)
        if auth_settings["method"] == "digest":
            auth.add_digest(user, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        auth.set_default_token(token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    for factory in factories:
        factory.set_permissions(permissions)


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    settings = json.loads(sys.stdin.buffer.readline())
    Gst.init(None)
    streams = [Stream(stream, settings["epochMs"] * 1_000_000) for stream in settings["streams"]]
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(settings["port"]))
    server.get_session_pool().set_max_sessions(settings["sessions"])
    factories = [stream.factory(settings["transport"]) for stream in streams]
    if settings["auth"] or settings["tls"]:
        protect(server, factories, settings["auth"], settings["tls"])
    for stream, factory in zip(streams, factories):
        server.get_mount_points().add_factory(stream.path, factory)
    if server.attach(None) == 0:
        sys.exit(f"cannot listen on 127.0.0.1:{settings['port']}")
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    GLib.MainLoop().run()


main()
