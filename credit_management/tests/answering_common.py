"""E-mails that come in for reminders: failures, answers, automatic notes."""

from email import message_from_string
from email.policy import SMTP

from odoo.tools import mute_logger

from .common import DeliveryCommon

FAILURE = """Return-Path: <>
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>
To: {bounce_address}
Subject: Undelivered Mail Returned to Sender
Message-ID: <failure.{number}@mx.example.com>
Date: Wed, 17 Jun 2026 14:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BORDER"

--BORDER
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com.
--BORDER
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

{recipient}Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--BORDER
Content-Type: message/rfc822

From: credit@company.example.com
To: {address}
Subject: Reminder
Message-ID: {message_id}

Text of the message
--BORDER--
"""

ANSWER = """Return-Path: <{author}>
From: {author}
To: {reply_to}
Subject: Re: Reminder
Message-ID: <answer.{number}@example.com>
In-Reply-To: {message_id}
References: {message_id}
Date: Wed, 17 Jun 2026 14:00:00 +0200
{header}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

We shall pay on Friday.
"""


class AnsweringCommon(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice()
        cls.incoming = 0

    def sent(self, *moves):
        """The reminder of some invoices, which has left."""
        reminder = self.queued(*(moves or [self.move]))
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def receive(self, template, reminder, **values):
        """An e-mail about a reminder arrives at Odoo's gateway."""
        type(self).incoming += 1
        source = template.format(
            **{
                "message_id": reminder.mail_id.sudo().mail_message_id.message_id,
                "number": self.incoming,
                "bounce_address": f"{self.alias_bounce}@{self.alias_domain}",
                "reply_to": f"{self.alias_catchall}@{self.alias_domain}",
                **values,
            }
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(False, source)
        self.env.invalidate_all()

    def come_back(self, reminder, status="5.1.1", said="550 User unknown", **values):
        """The message of a reminder comes back."""
        address = values.pop("address", None) or reminder.contact_id.email
        self.receive(
            FAILURE,
            reminder,
            **{
                "address": address,
                "recipient": f"Final-Recipient: rfc822; {address}\n",
                "action": "failed",
                "status": status,
                "said": said,
                **values,
            },
        )

    def answer(self, reminder, author=None, header=""):
        self.receive(
            ANSWER,
            reminder,
            author=author or reminder.contact_id.email,
            header=header and f"{header}\n",
        )

    def mails(self):
        """The e-mails that left with the last delivery, as their readers see them."""
        found = []
        for sent in self.emails:
            message = message_from_string(sent["message"], policy=SMTP)
            body = message.get_body(preferencelist=("html",)).get_content()
            found.append(
                {
                    "from": str(message["From"]),
                    "reply_to": str(message["Reply-To"]),
                    "to": sent["smtp_to_list"],
                    "body": body,
                }
            )
        return found

    def address(self, email=None, company=None):
        """What is known of an address, by default of the debtor's."""
        return self.env["credit.address"].search(
            [
                ("email", "=", email or self.debtor.email),
                ("company_id", "=", (company or self.company).id),
            ]
        )
