"""A mail server for tests: prints its port, then each mail that it takes as one line of JSON.

Usage: mail-server.py [tls CERTIFICATE KEY] [refuse COUNT]; `refuse` turns the first mails away.
"""
import asyncio, json, ssl, sys

from aiosmtpd.smtp import SMTP

arguments = sys.argv[1:]
context = None
refused = 0
if arguments[:1] == ["tls"]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments[1], arguments[2])
    arguments = arguments[3:]
if arguments[:1] == ["refuse"]:
    refused = int(arguments[1])


class Handler:
    async def handle_DATA(self, server, session, envelope):
        global refused
        if refused:
            refused -= 1
            return "451 later"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                          "content": envelope.content.decode()}), flush=True)
        return "250 taken"


async def serve():
    def session():
        return SMTP(Handler(), hostname="mail.example.org", tls_context=context, require_starttls=context is not None)

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
