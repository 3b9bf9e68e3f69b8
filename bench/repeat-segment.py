"""Puts copies of a closed segment behind it, each as a run of its own that follows at once: file, number of copies."""

import datetime
import hashlib
import os
import struct
import sys
import uuid

MARK = b"nightjar-segment"
# Places behind the mark, see segment-identity.ts.
CAMERA, RUN, NUMBER, START, END, PAYLOAD, PREVIOUS, CHAIN = 20, 36, 52, 56, 64, 72, 104, 136


def name_of(start_ms):
    at = datetime.datetime.fromtimestamp(start_ms // 1000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%d_%H-%M-%S.mp4")


def main(path, count):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (ftyp_bytes,) = struct.unpack_from(">I", data, 0)
    (span_bytes,) = struct.unpack_from(">Q", data, ftyp_bytes + 8)
    payload = slice(ftyp_bytes + 16, ftyp_bytes + span_bytes)
    first = data.index(MARK) + len(MARK)
    last = data.index(MARK, payload.stop) + len(MARK)
    start_ms, end_ms = struct.unpack_from(">QQ", data, last + START)
    length_ms = end_ms - start_ms
    camera = bytes(data[last + CAMERA : last + CAMERA + 16])
    chain = bytes(data[last + CHAIN : last + CHAIN + 32])
    for _ in range(count):
        start_ms, end_ms = end_ms, end_ms + length_ms
        run = uuid.uuid4().bytes
        for at in (first, last):
            data[at + RUN : at + RUN + 16] = run
            struct.pack_into(">IQ", data, at + NUMBER, 0, start_ms)
        sha256 = hashlib.sha256(data[payload]).digest()
        previous = chain
        chain = hashlib.sha256(previous + camera + run + struct.pack(">IQ", 0, start_ms) + sha256).digest()
        struct.pack_into(">Q", data, last + END, end_ms)
        data[last + PAYLOAD : last + CHAIN + 32] = sha256 + previous + chain
        copy = os.path.join(os.path.dirname(path), name_of(start_ms))
        with open(copy, "wb") as file:
            file.write(data)
        os.utime(copy, (end_ms / 1000, end_ms / 1000))


main(sys.argv[1], int(sys.argv[2]))
