"""A mail server (aiosmtpd) that does what a drill asks of it: python mail_server.py FOLDER PORT [CERTIFICATE KEY].

It prints the port on which it listens. Each mail that it takes is a file in the folder, 1.json and so on. What it does with
the next one stands in the file `mode` there: take, later (451), refuse (550) or slow, which answers nothing for long. With a
certificate, it speaks TLS from the first byte, and asks for the name `diary` and the password `p@ss word`.
"""

import asyncio
import email.policy
import itertools
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

folder, port = Path(sys.argv[1]), int(sys.argv[2])
certificate = sys.argv[3:5]


class Handler:
    def __init__(self):
        self.numbers = itertools.count(len(list(folder.glob("*.json"))) + 1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        mode = (folder / "mode").read_text()
        if mode == "refuse":
            return f"550 nobody here is called {address}"
        if mode == "later":
            return "451 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if (folder / "mode").read_text() == "slow":
            await asyncio.sleep(600)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: message.get_body((kind,)).get_content()
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): value for name, value in message.items()},
            "plain": part("plain"),
            "html": part("html"),
        }
        number = next(self.numbers)
        # It is there whole or not at all.
        unfinished = folder / f"{number}.unfinished"
        unfinished.write_text(json.dumps(mail))
        unfinished.rename(folder / f"{number}.json")
        return "250 taken"


def authenticate(server, session, envelope, mechanism, credentials):
    right = (credentials.login, credentials.password) == (b"diary", b"p@ss word")
    return AuthResult(success=right)


async def main():
    context, asks = None, {}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        asks = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    loop = asyncio.get_running_loop()
    protocol = lambda: SMTP(Handler.one, loop=loop, hostname="mail.example", **asks)
    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


Handler.one = Handler()
asyncio.run(main())
