"""What hands a text to the network, behind one interface.

A provider is given one message at a time, when all that is to be recorded is written
and nothing is left to do but to commit. It says by an exception that the message did
not leave; without one, it left.
"""

from dataclasses import dataclass

from psycopg2.extensions import TransactionRollbackError

from odoo.exceptions import AccessError, UserError

#: Failures that are ours to mend: no message of the company leaves until then.
OURS = frozenset(
    (
        "sms_acc",
        "sms_credit",
        "sms_registration_needed",
        "twilio_authentication",
        "twilio_callback",
        "twilio_from_missing",
    )
)
#: The provider was called, and nobody knows what came of it.
UNKNOWN_OUTCOME = "sms_server"


class Refused(Exception):
    """The provider refuses this message: it did not leave, and will not."""


class NotNow(Exception):
    """Nothing leaves at present, and nothing did: the queue waits."""


class InDoubt(Exception):
    """The provider gave no answer: the message may have left, or not."""


@dataclass(frozen=True)
class Text:
    """One message: where to, what, and the key by which its reports come back.

    ``number`` is in E.164; ``uuid`` is the same however often it is tried.
    """

    number: str
    body: str
    uuid: str


class MessageProvider:
    """The interface of providers.

    :param env: the environment of the delivery, in sudo
    :param company: the company that sends, which knows the account
    """

    def __init__(self, env, company):
        self.env = env
        self.company = company

    def transmit(self, reminder, message, text):
        """Hand over one message.

        :param reminder: a reminder by a channel of texts
        :param message: the ``mail.message`` that keeps its content
        :param Text text: what is to leave
        :raise Refused: not to this debtor
        :raise NotNow: not at present
        :raise InDoubt: perhaps
        """
        raise NotImplementedError


class OdooSms(MessageProvider):
    """Odoo's own SMS: In-App Purchases, or what another addon puts in its place."""

    def transmit(self, reminder, message, text):
        sms = (
            self.env["sms.sms"]
            .with_company(self.company)
            .create(
                {
                    "uuid": text.uuid,
                    "number": text.number,
                    "body": text.body,
                    "partner_id": reminder.contact_id.id,
                    "mail_message_id": message.id,
                }
            )
        )
        self._follow(message, sms, text)
        self.env.cr.flush()
        sms = sms.with_context(credit_sms_sending=True)
        try:
            sms.send(unlink_failed=False, unlink_sent=True, raise_exception=True)
        except TransactionRollbackError:
            raise
        except AccessError as error:
            # What Odoo's services answer with when they cannot be reached or time out.
            raise InDoubt(str(error)) from error
        except UserError as error:
            # The account is not set up: nobody was called.
            raise NotNow(str(error)) from error
        except Exception as error:
            # Nobody knows how far it came: it is not to be sent twice.
            raise InDoubt(str(error)) from error
        if sms.state == "error":
            self._give_up(message, sms)

    def _follow(self, message, sms, text):
        """A notification, whose tracker hears of the reports of the provider."""
        self.env["mail.notification"].create(
            {
                "author_id": message.author_id.id,
                "mail_message_id": message.id,
                "res_partner_id": sms.partner_id.id,
                "sms_number": text.number,
                "notification_type": "sms",
                "sms_id_int": sms.id,
                "sms_tracker_ids": [(0, 0, {"sms_uuid": text.uuid})],
                "is_read": True,
                "notification_status": "ready",
            }
        )

    def _give_up(self, message, sms):
        notification = message.notification_ids
        failure = sms.failure_type
        labels = dict(sms._fields["failure_type"]._description_selection(self.env))
        label = labels.get(failure, failure)
        if failure == UNKNOWN_OUTCOME:
            # Not its reason: Odoo's words for it send people to Odoo's support.
            raise InDoubt(label)
        reason = notification.failure_reason or label
        raise (NotNow if failure in OURS else Refused)(reason)
