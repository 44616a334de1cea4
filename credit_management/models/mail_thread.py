from odoo import models


def is_automatic(message):
    """Whether a machine wrote an e-mail: an out-of-office note, a receipt, a list.

    ``Auto-Submitted`` is what RFC 3834 (August 2004) asks automatic responders to say,
    anything but ``no``; the other headers are what older ones say instead.

    :param email.message.EmailMessage message: as it came in
    """

    def header(name):
        return str(message.get(name) or "").partition(";")[0].strip().lower()

    return (
        header("Auto-Submitted") not in ("", "no")
        or header("X-Autoreply") not in ("", "no")
        or header("X-Autorespond") not in ("", "no")
        or header("Precedence") in ("auto_reply", "bulk", "junk", "list")
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: a reminder needs to know who answers it
        if is_automatic(message):
            self = self.with_context(credit_automatic_message=True)  # noqa: PLW0642
        return super()._message_route_process(message, message_dict, routes)
