"""A company in France with a policy, and short words for what tests do all day."""

from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MailCommon

#: A Wednesday in a month without public holidays in France; noon in UTC.
NOW = "2026-06-17 12:00:00"
TODAY = date(2026, 6, 17)

REMINDER_1 = {"name": "First reminder", "delay_days": 5, "automation": "automatic"}
REMINDER_2 = {"name": "Second reminder", "delay_days": 20, "automation": "automatic"}
NOTICE = {
    "name": "Formal notice",
    "delay_days": 40,
    "channel": "letter",
    "automation": "approve",
    "formal_notice": True,
    "deadline_days": 8,
}


def days_ago(count):
    return TODAY - timedelta(days=count)


@freeze_time(NOW)
class CreditCommon(AccountTestInvoicingCommon):
    """Two companies, two currencies, and none of the policies that data may bring."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever the language of the database.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.user.lang = "en_US"
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))
        # Every policy that data or a demonstration brought would claim its share.
        cls.env["credit.policy"].search([]).active = False
        cls.env["res.company"].search([]).credit_auto_run = False
        cls.company = cls.company_data["company"]
        cls.euro = cls.env.ref("base.EUR")
        cls.dollar = cls.env.ref("base.USD")
        (cls.euro | cls.dollar).active = True
        cls._adapt_company(cls.company, "base.fr", cls.euro)
        cls.other_company_data = cls.setup_other_company(name="Other company")
        cls.other_company = cls.other_company_data["company"]
        cls._adapt_company(cls.other_company, "base.us", cls.dollar)
        cls.env["res.currency.rate"].search(
            [("currency_id", "in", (cls.euro | cls.dollar).ids)]
        ).unlink()
        cls.env["res.currency.rate"].create(
            [
                # One euro is two dollars, whichever company looks at it.
                {
                    "name": "2020-01-01",
                    "rate": 2.0,
                    "currency_id": cls.dollar.id,
                    "company_id": cls.company.id,
                },
                {
                    "name": "2020-01-01",
                    "rate": 0.5,
                    "currency_id": cls.euro.id,
                    "company_id": cls.other_company.id,
                },
            ]
        )
        cls.debtor = cls.make_debtor("Dupont SARL")
        cls.debtor_b = cls.make_debtor("Martin SA")

    @classmethod
    def _adapt_company(cls, company, country, currency):
        company.write(
            {
                "country_id": cls.env.ref(country).id,
                "currency_id": currency.id,
                "email": "credit@company.example.com",
                "credit_link_days": 90,
                # Payments of long ago are no matter, but where a test says so.
                "credit_guard_ledger_days": 0,
            }
        )
        company.credit_tz = {
            "base.fr": "Europe/Paris",
            "base.us": "America/New_York",
        }[country]

    # ------------------------------------------------------------------
    # Makers
    # ------------------------------------------------------------------

    @classmethod
    def make_debtor(cls, name, **values):
        address = name.lower().replace(" ", ".")
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{address}@example.com",
                "street": "1 rue de la Paix",
                "zip": "75002",
                "city": "Paris",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
                **values,
            }
        )

    @classmethod
    def make_user(cls, login, group="group_collector", companies=None, **values):
        """An employee with one of the groups of this addon, who reads English."""
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,credit_management.{group}",
            lang="en_US",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
            **values,
        )

    @classmethod
    def make_policy(cls, *steps, **values):
        """A policy for everybody; by default two e-mails and a formal notice."""
        steps = steps or (REMINDER_1, REMINDER_2, NOTICE)
        return cls.env["credit.policy"].create(
            {
                "name": "Policy",
                "sequence": 10,
                "min_interval_days": 0,
                "step_ids": [
                    Command.create({"sequence": rank, "name": f"Step {rank}", **step})
                    for rank, step in enumerate(steps, start=1)
                ],
                **values,
            }
        )

    @classmethod
    def make_invoice(cls, partner=None, overdue=10, amount=100.0, **values):
        """A posted invoice, ``overdue`` days after its due date on :data:`TODAY`."""
        company = values.pop("company", cls.company)
        currency = values.pop("currency", company.currency_id)
        issued = values.pop("issued", days_ago(overdue + 30))
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": (partner or cls.debtor).id,
                    "currency_id": currency.id,
                    "invoice_date": issued,
                    "invoice_date_due": days_ago(overdue),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def make_instalments(cls, first, second, partner=None, amount=100.0):
        """An invoice of two halves, due ``first`` and ``second`` days ago."""
        issued = days_ago(max(first, second, 0) + 1)
        term = cls.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 50.0,
                            "nb_days": (days_ago(days) - issued).days,
                        }
                    )
                    for days in (first, second)
                ],
            }
        )
        return cls.make_invoice(
            partner,
            amount=amount,
            issued=issued,
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
        )

    @classmethod
    def make_credit_note(cls, partner=None, amount=50.0, **values):
        values.setdefault("issued", TODAY)
        return cls.make_invoice(
            partner, overdue=0, amount=amount, move_type="out_refund", **values
        )

    @classmethod
    def make_payment(cls, partner=None, amount=50.0, day=None, **values):
        """A payment that nobody has matched yet."""
        company = values.pop("company", cls.company)
        currency = values.pop("currency", company.currency_id)
        data = cls.company_data if company == cls.company else cls.other_company_data
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or cls.debtor).id,
                "amount": amount,
                "date": day or TODAY,
                "currency_id": currency.id,
                "journal_id": data["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def pay(cls, moves, amount=None, day=None):
        """Register a payment of invoices, matched at once."""
        values = {"payment_date": day or TODAY, "group_payment": True}
        if amount is not None:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_company(moves.company_id)
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(values)
        )
        return wizard._create_payments()

    def without_journal_entries(self):
        """Payments from now on, as where an accounting addon matches them with bank
        statements."""
        journals = self.env["account.journal"].search([("type", "=", "bank")])
        journals.inbound_payment_method_line_ids.payment_account_id = False
        self.patch(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        )

    @classmethod
    def items(cls, moves):
        """The receivable items of invoices, the oldest first."""
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).sorted(lambda line: (line.date_maturity, line.id))

    # ------------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------------

    @classmethod
    @mute_logger("odoo.addons.credit_management.models.credit_run")
    def propose(cls, company=None, automatic=False, day=None):
        """A run that has proposed; for a day to come, on that day."""
        company = company or cls.company
        day = day or company._credit_today()
        later = day > company._credit_today()
        with freeze_time(f"{day} 12:00:00") if later else nullcontext():
            run = (
                cls.env["credit.run"]
                .with_company(company)
                .create({"company_id": company.id, "date": day, "automatic": automatic})
            )
            run.action_propose()
        return run

    @classmethod
    def make_bank(cls):
        """The account of the company to which debtors transfer."""
        return cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR76 3000 6000 0112 3456 7890 189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    @classmethod
    def reminder_values(cls, move, step):
        """What a reminder of invoices like this one says of debtor and step."""
        return {
            "company_id": move.company_id.id,
            "partner_id": move.commercial_partner_id.id,
            "contact_id": move.commercial_partner_id.id,
            "currency_id": move.currency_id.id,
            "policy_id": step.policy_id.id,
            "step_id": step.id,
            "channel": step.channel,
        }

    @classmethod
    def remind(cls, moves, step, day=None, **values):
        """A reminder that left on ``day``, as history."""
        day = day or TODAY
        moves.ensure_one()
        return (
            cls.env["credit.reminder"]
            .sudo()
            .create(
                {
                    **cls.reminder_values(moves, step),
                    "state": "sent",
                    "date": day,
                    "date_done": day,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": item.id,
                                "step_id": step.id,
                                "currency_id": item.currency_id.id,
                                "amount_residual": item.amount_residual_currency,
                            }
                        )
                        for item in cls.items(moves)
                    ],
                    **values,
                }
            )
        )

    def reason(self, move):
        """Why the invoice is not reminded; false if it may be."""
        move.invalidate_recordset()
        return move.credit_block_reason

    def assertReason(self, move, reason):
        self.assertEqual(self.reason(move), reason)


class DeliveryCommon(CreditCommon, MailCommon):
    """With a mail gateway that nothing leaves, and letters that cost no printing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create(
            {"name": "Test", "smtp_host": "smtp.example.com", "smtp_encryption": "none"}
        )
        cls.company.alias_domain_id = cls.mail_alias_domain
        cls.startClassPatcher(
            patch.object(
                type(cls.env["credit.reminder"]),
                "_letter_pdfs",
                lambda reminders: {r.id: b"%PDF-" + r.name.encode() for r in reminders},
            )
        )

    @contextmanager
    def smtp(self, answer=None, unreachable=False):
        """A mail server.

        :param answer: function of the addresses a mail is for, which may raise what
            the server says
        :param bool unreachable: nobody listens
        """
        with self.mock_mail_gateway():
            session = self.testing_smtp_session
            accept = session.send_message

            def send_message(message, smtp_from, smtp_to_list):
                if answer:
                    answer(smtp_to_list)
                return accept(message, smtp_from, smtp_to_list)

            session.send_message = send_message
            if not unreachable:
                yield
                return
            with patch("smtplib.SMTP", side_effect=ConnectionRefusedError("No answer")):
                yield

    @mute_logger(
        "odoo.addons.base.models.ir_mail_server",
        "odoo.addons.credit_management.models.credit_channel",
        "odoo.addons.credit_management.models.credit_reminder_email",
    )
    def deliver(self, reminders, **smtp):
        """Deliver a batch as a worker does. What left is in ``self.emails``."""
        with self.smtp(**smtp):
            reminders.sudo()._deliver_claimed()
            self.env.flush_all()
        self.env.invalidate_all()

    def queued(self, *moves):
        """The reminder of some invoices, approved."""
        for move in moves:
            self.assertTrue(move.credit_is_due, move.name)
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        return reminder

    @classmethod
    def fallback_of(cls, reminder):
        return cls.env["credit.reminder"].search([("fallback_of_id", "=", reminder.id)])
