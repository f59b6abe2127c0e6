"""A real SMTP server for the tests, which keeps what it is sent and can be told to misbehave."""

from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Mailbox:
    """What the server was sent, newest last. refuse: an SMTP answer to give instead of taking the mail."""

    def __init__(self):
        self.messages = []
        self.refuse = ""
        self.on_mail = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.original_content, policy=policy.default))
        if self.on_mail:
            self.on_mail()
        return "250 OK"

    def sent_to(self, address):
        """Every mail to an address."""
        return [message for message in self.messages if message["To"] == address]

    def clear(self):
        """Forget all, and behave."""
        self.messages.clear()
        self.refuse, self.on_mail = "", None


def serve(mailbox, port):
    """A running server on this port of 127.0.0.1; stop() ends it."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller
