from odoo import models

from ..engine import absence, bounces


def is_automatic(message):
    """Whether a machine wrote an e-mail: an out-of-office note, a receipt, a list.

    ``Auto-Submitted`` is what RFC 3834 (August 2004) asks automatic responders to say,
    anything but ``no``; the other headers are what older ones say instead. Some say
    nothing but in the subject.

    :param email.message.EmailMessage message: as it came in
    """

    def header(name):
        return str(message.get(name) or "").partition(";")[0].strip().lower()

    return (
        header("Auto-Submitted") not in ("", "no")
        or header("X-Autoreply") not in ("", "no")
        or header("X-Autorespond") not in ("", "no")
        or header("Precedence") in ("auto_reply", "bulk", "junk", "list")
        or absence.says_absent(str(message.get("Subject") or ""))
    )


def is_from_outside(thread, message):
    """Whether somebody outside wrote a message by e-mail; no machine, no colleague.

    :param thread: the record that it was posted on, in the environment in which it was
    :param message: the ``mail.message``
    """
    return (
        message.message_type == "email"
        and not thread.env.context.get("credit_automatic_message")
        and not message.author_id.user_ids.filtered(lambda user: user._is_internal())
    )


def is_from_house(thread, message):
    """Whether an employee wrote a message for the debtor, no note, no machine.

    The parameters are those of :func:`is_from_outside`.
    """
    comment = thread.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
    return (
        message.message_type in ("comment", "email")
        and message.subtype_id.id == comment
        and not message.is_internal
        and not thread.env.context.get("credit_automatic_message")
        and bool(message.author_id.user_ids.filtered(lambda user: user._is_internal()))
    )


def proving_ids(env, model, ids):
    """Ids of the records that prove something: whoever asks, and for any rights.

    :param str model: any model; those without ``_credit_proving`` prove nothing
    :param ids: ids of records of it, which need not exist
    """
    if not hasattr(env.get(model), "_credit_proving"):
        return set()
    records = env[model].sudo().browse(filter(None, ids)).exists()
    return set(records._credit_proving().ids)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: a reminder needs to know who answers it
        if is_automatic(message):
            self = self.with_context(credit_automatic_message=True)  # noqa: PLW0642
        return super()._message_route_process(message, message_dict, routes)

    def _routing_handle_bounce(self, email_message, message_dict):
        # EXTENDS mail: a reminder needs to know what came back, and for how long. Odoo
        # calls it bounced whatever the report says, and does nothing about one that
        # names no recipient.
        bounce = bounces.read(email_message)
        bounced = message_dict["bounced_message"]
        if bounced.model == "credit.reminder":
            if bounce and not message_dict["bounced_email"]:
                reminder = self.env["credit.reminder"].sudo().browse(bounced.res_id)
                email = reminder.exists().contact_id.email_normalized
                message_dict = {**message_dict, "bounced_email": email}
            self = self.with_context(  # noqa: PLW0642
                credit_bounce=bounce, credit_bounced_message=bounced.id
            )
        result = super()._routing_handle_bounce(email_message, message_dict)
        if bounced.model == "account.move":
            self._credit_invoice_bounced(bounced, bounce, message_dict)
        return result

    def _credit_invoice_bounced(self, bounced, bounce, message_dict):
        """An invoice that came back says as much of an address as a reminder does.

        :param bounced: the ``mail.message`` that came back
        :param bounce: :class:`..engine.bounces.Bounce`, or None if nobody can read it
        """
        move = self.env["account.move"].sudo().browse(bounced.res_id).exists()
        bounce = bounce or bounces.Bounce(bounces.HARD)
        if move.is_sale_document() and bounce.kind in (bounces.HARD, bounces.SOFT):
            email = message_dict["bounced_email"] or move.partner_id.email
            self.env["credit.address"]._count_bounce(move.company_id, email, bounce)

    def _routing_reset_bounce(self, email_message, message_dict):
        # EXTENDS mail: whoever writes to us is there, be it by an automatic answer
        self.env["credit.address"]._prove(message_dict["email_from"])
        return super()._routing_reset_bounce(email_message, message_dict)

    def _credit_proving(self):
        """Which of these records prove something by their messages and files."""
        return self.browse()

    def unlink(self):
        # EXTENDS mail, which deletes the messages first: the records themselves say
        # better why they stay
        proving = self._credit_proving()
        if proving:
            self.check_access("unlink")
            for check in self._ondelete_methods:
                check(proving)
        return super().unlink()

    def _check_can_update_message_content(self, messages):
        # EXTENDS mail: the chatter changes messages in sudo
        messages._check_credit_evidence()
        return super()._check_can_update_message_content(messages)
