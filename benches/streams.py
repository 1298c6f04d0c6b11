"""What open streams of events cost, and how soon they tell of a change: address, process, a file with access tokens."""

import http.client
import json
import pathlib
import resource
import selectors
import socket
import sys
import time

address, process, tokens = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).read_text().split()
host, port = address.removeprefix("http://").split(":")
OF_EACH = 8
AT_REST = 10
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def kilobytes():
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def processor_seconds():
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def opened(token):
    stream = socket.create_connection((host, int(port)))
    stream.sendall(f"GET /v1/diaries/me/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    said = b""
    while b"event: revision" not in said:
        piece = stream.recv(4096)
        assert piece, said
        said += piece
    return stream


before = kilobytes()
streams = {stream: token for token in tokens for stream in (opened(token) for _ in range(OF_EACH))}
print(f"{len(streams)} streams: {(kilobytes() - before) / len(streams):.1f} KiB each")
began = processor_seconds()
time.sleep(AT_REST)
print(f"at rest: {(processor_seconds() - began) / AT_REST:.2%} of a core")

changed, heard = {}, []
selector = selectors.DefaultSelector()
for stream in streams:
    stream.setblocking(False)
    selector.register(stream, selectors.EVENT_READ)
for number, token in enumerate(tokens):
    writer = http.client.HTTPConnection(host, int(port))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    writer.request("PUT", f"/v1/diaries/me/check-ins/2024-01-{number % 28 + 1:02}", json.dumps({"cramp_free": number % 2 == 0}), headers)
    assert writer.getresponse().status in (200, 201)
    changed[token] = time.monotonic()
until = time.monotonic() + 10
waiting = set(streams)
while waiting and time.monotonic() < until:
    for key, _ in selector.select(timeout=0.1):
        if b"event: revision" in key.fileobj.recv(4096) and key.fileobj in waiting:
            waiting.discard(key.fileobj)
            heard.append(time.monotonic() - changed[streams[key.fileobj]])
heard.sort()
assert not waiting, f"{len(waiting)} streams heard nothing"
print(f"a change is told after {heard[len(heard) // 2]:.2f} s, the last one after {heard[-1]:.2f} s")
