"""What came of a visit: as the visitor reported it, and what follows from it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..engine import solvency
from .credit_visit_words import (
    ABILITIES,
    ACTIVITIES,
    ASSETS,
    METHODS,
    OCCUPATIONS,
    OUTCOMES,
    ROLES,
    WILLINGNESS,
)

#: What becomes of a visit by what the visitor found.
STATE_OF = {"met": "done", "refused": "refused"}


class CreditVisit(models.Model):
    _inherit = "credit.visit"

    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, tracking=True)
    met_role = fields.Selection(
        ROLES,
        string="Who was met",
        readonly=True,
        copy=False,
        help="Nobody but the debtor, or who acts for it, hears what it is about.",
    )
    met_name = fields.Char(string="Name", readonly=True, copy=False)
    said = fields.Text(string="What was said", readonly=True, copy=False)
    paper_given = fields.Boolean(
        string="Document handed over", readonly=True, copy=False
    )
    activity = fields.Selection(ACTIVITIES, readonly=True, copy=False)
    assets = fields.Selection(ASSETS, readonly=True, copy=False)
    occupation = fields.Selection(OCCUPATIONS, readonly=True, copy=False)
    willingness = fields.Selection(WILLINGNESS, readonly=True, copy=False)
    ability = fields.Selection(ABILITIES, readonly=True, copy=False)
    score = fields.Integer(
        string="Solvency seen",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From 0 to 100, of what was seen; see the documentation for its weights.",
    )
    has_score = fields.Boolean(readonly=True, copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "credit_visit_photo_rel",
        "visit_id",
        "attachment_id",
        string="Photos",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    promised_date = fields.Date(string="Promised for", readonly=True, copy=False)
    promised_amount = fields.Monetary(
        string="Promised",
        currency_field="paid_currency_id",
        readonly=True,
        copy=False,
    )
    promise_id = fields.Many2one(
        "credit.promise", readonly=True, copy=False, index="btree_not_null"
    )
    paid_currency_id = fields.Many2one(
        "res.currency", string="Currency", readonly=True, copy=False
    )
    paid_amount = fields.Monetary(
        string="Taken at the door",
        currency_field="paid_currency_id",
        readonly=True,
        copy=False,
    )
    paid_method = fields.Selection(METHODS, string="Paid by", readonly=True, copy=False)
    receipt_number = fields.Char(
        string="Receipt",
        readonly=True,
        copy=False,
        help="The number is given with the visit: the receipt can be written at the "
        "door. It is used if something is paid.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="A draft, for whoever counts the money to confirm.",
    )
    visited_at = fields.Datetime(readonly=True, copy=False)
    outside = fields.Boolean(
        string="Outside the rules",
        readonly=True,
        copy=False,
        help="Made at a moment at which the contact rules allow none.",
    )
    reported_at = fields.Datetime(string="Reported", readonly=True, copy=False)
    reporter = fields.Char(string="Reported by", readonly=True, copy=False)

    _receipt_once = models.UniqueIndex(
        "(company_id, receipt_number) WHERE receipt_number IS NOT NULL",
        "A receipt's number is given once.",
    )
    _payment_once = models.UniqueIndex(
        "(payment_id) WHERE payment_id IS NOT NULL",
        "A payment is of one visit.",
    )

    # ------------------------------------------------------------------
    # Receipts
    # ------------------------------------------------------------------

    def _number_receipts(self):
        """Give each visit the number of the receipt that it may need.

        At the door there may be no network to ask for one.
        """
        for company, visits in self.sudo().grouped("company_id").items():
            sequence = self._receipt_sequence(company)
            for visit in visits:
                visit.receipt_number = sequence.next_by_id()

    @api.model
    def _receipt_sequence(self, company):
        """The company's own sequence of receipts; made with its first visit."""
        code = "credit.visit.receipt"
        sequences = self.env["ir.sequence"].sudo()
        domain = Domain("code", "=", code) & Domain("company_id", "=", company.id)
        return sequences.search(domain, limit=1) or sequences.create(
            {
                "name": self.env._("Receipts of visits: %s", company.name),
                "code": code,
                "company_id": company.id,
                "prefix": "RC/%(year)s/",
                "padding": 5,
            }
        )

    def action_print_receipt(self):
        """Print the receipt of what was paid at the door."""
        paid = self.filtered(lambda visit: visit.paid_amount > 0)
        if not paid:
            raise UserError(self.env._("Nothing was paid at this visit."))
        report = self.env.ref("credit_management.action_report_visit_receipt")
        return report.report_action(paid)

    # ------------------------------------------------------------------
    # Taking a report
    # ------------------------------------------------------------------

    def _register_report(self, values, reporter, enforce=True, photos=None):
        """Take down what the visitor reports, once, and do what follows from it.

        The reminder is settled first: what is promised a moment later would take its
        items away from it.

        :param dict values: of the fields of the report, already checked
        :param str reporter: who reports, for people
        :param bool enforce: hold a promise against what debtors may promise alone
        :param photos: attachments without a record yet
        :return bool: False where a report had come in before: nothing is done
        """
        self.ensure_one()
        # Whoever sends at the same moment waits here, and then starts anew.
        self.lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["reported_at", "state"])
        if self.reported_at:
            return False
        found = solvency.score(values)
        outside = self._outside_text(values.get("visited_at"))
        self.write(
            {
                **values,
                "outside": bool(outside),
                "state": STATE_OF.get(values["outcome"], "missed"),
                "reporter": reporter,
                "reported_at": fields.Datetime.now(),
                "score": found or 0,
                "has_score": found is not None,
            }
        )
        # Met or not: whoever counts the contacts with the debtor counts this one.
        self.env["credit.contact.turn"]._note(
            {(self.company_id.id, self.partner_id.id)}
        )
        if outside:
            self._message_log(
                body=self.env._("Made outside the contact rules. %s", outside)
            )
        self._file_photos(photos)
        self._settle_reminder()
        self._keep_risk()
        self._make_promise(enforce)
        self._draft_payment()
        self._note_report()
        return True

    def _outside_text(self, moment):
        """Why the debtor was not to be visited at a moment.

        What was done is taken down all the same.

        :param datetime moment: naive, in UTC; or nothing
        :return: text, empty if nothing speaks against it
        """
        if not moment:
            return ""
        # Itself it is no contact besides.
        asking = self._as_reminder().with_context(credit_visits_asked=self.ids)
        [opening] = asking._contact_openings(moment).values()
        return "" if opening.at == moment else asking._contact_wait_text_of(opening)

    def _file_photos(self, photos):
        if photos:
            photos.write({"res_model": self._name, "res_id": self.id})
            self.photo_ids = [fields.Command.set(photos.ids)]

    def _settle_reminder(self):
        """Let the policy go on as the visit went."""
        reminder = self.reminder_id.filtered(lambda r: r.channel == "visit")
        if self.outcome == "met":
            reminder._visit_made()
        elif self.outcome == "refused":
            debtor = self.partner_id.with_company(self.company_id)
            debtor.write(
                {
                    "credit_visit_refused_on": self.date,
                    "credit_visit_refused_by": self.user_id.id,
                    "credit_visit_refused_note": self.env._(
                        "Told %(who)s at the visit %(visit)s",
                        visit=self.name,
                        who=self.reporter,
                    ),
                }
            )
        elif self.outcome == "moved":
            reminder.filtered(lambda r: r.state == "to_approve")._pass_visits_over(
                self.env._("The debtor is not at the address any more.")
            )
            self.env["credit.answer"]._tell(
                self.partner_id,
                self.company_id,
                "wrong_address",
                text=self.said,
                reminder=self.reminder_id,
                source="visit",
            )
        else:
            reminder._visit_missed()

    def _keep_risk(self):
        """Keep what was seen with the debtor, unless something newer is there."""
        debtor = self.partner_id.with_company(self.company_id)
        last = debtor.credit_solvency_date
        if self.has_score and not (last and last > self.date):
            debtor.write(
                {"credit_solvency_score": self.score, "credit_solvency_date": self.date}
            )

    def _promised_items(self):
        """What is still owed of what the visit was about, in its currency."""
        items = self.env["credit.answer"]._open_items(self.partner_id, self.company_id)
        items = items.filtered(lambda item: item.currency_id == self.paid_currency_id)
        own = items & self.reminder_id.line_ids.move_line_id
        today = self.company_id._credit_today()
        return own or items.filtered(
            lambda item: (item.date_maturity or item.date) < today
        )

    def _make_promise(self, enforce):
        """Make the promise; one that can't be made goes to the collector as told.

        What a visitor typed at the door is never lost for it.
        """
        if not self.promised_date:
            return
        refusal = None
        try:
            with self.env.cr.savepoint():
                items = self._promised_items()
                if not items:
                    raise UserError(self.env._("Nothing is open any more."))
                amount = self.promised_amount or sum(items._credit_claimable().values())
                self.promise_id = self.env["credit.promise"]._make(
                    items,
                    [(self.promised_date, amount)],
                    source="visit",
                    reminder=self.reminder_id,
                    note=self.said,
                    enforce=enforce,
                )
        except UserError as error:
            refusal = str(error)
        if refusal:
            self.invalidate_recordset(["promise_id"])
            self.env["credit.answer"]._tell(
                self.partner_id,
                self.company_id,
                "message",
                text=self.env._(
                    "Promised to the visitor for %(day)s: %(amount)s. It could not be "
                    "noted as a promise: %(reason)s",
                    day=format_date(self.env, self.promised_date),
                    amount=self._money(self.promised_amount) or self.env._("all of it"),
                    reason=refusal,
                ),
                reminder=self.reminder_id,
                source="visit",
            )

    def _draft_payment(self):
        """Money taken at the door waits as a draft payment to be counted."""
        if self.paid_amount <= 0 or self.payment_id:
            return
        company = self.company_id
        journal = company._credit_visit_journal(self.paid_currency_id)
        accountant = self._collector()
        if not journal:
            self._ask(
                self,
                accountant,
                self.env._("Enter the payment of receipt %s", self.receipt_number),
            )
            return
        self.payment_id = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.partner_id.id,
                    "company_id": company.id,
                    "amount": self.paid_amount,
                    "currency_id": self.paid_currency_id.id,
                    "date": self.date,
                    "journal_id": journal.id,
                    "memo": self.receipt_number,
                }
            )
        )
        self._ask(
            self.payment_id,
            accountant,
            self.env._("Count the money of receipt %s", self.receipt_number),
        )

    @api.model
    def _ask(self, record, user, summary):
        """A to-do on a record, for a user if there is one."""
        values = {"user_id": user.id} if user else {}
        record.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, **values
        )

    def _collector(self):
        """Whose debtor it is: who hears of the visit."""
        debtor = self.partner_id.with_company(self.company_id)
        planner = self.create_uid.filtered(lambda user: user._is_internal())
        return self.reminder_id.user_id or debtor.credit_user_id or planner

    def _money(self, amount):
        return amount and format_amount(self.env, amount, self.paid_currency_id)

    def _note_report(self):
        """Say in the debtor's file and on the invoices what came of it."""
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        parts = [labels[self.outcome]]
        if self.promised_date:
            parts.append(
                self.env._("promised for %s", format_date(self.env, self.promised_date))
            )
        if self.paid_amount:
            parts.append(
                self.env._(
                    "%(amount)s taken, receipt %(number)s",
                    amount=self._money(self.paid_amount),
                    number=self.receipt_number,
                )
            )
        body = self.env._(
            "Visit on %(day)s by %(who)s: %(what)s",
            day=format_date(self.env, self.date),
            who=self.reporter,
            what=", ".join(parts),
        )
        self._message_log(body=body)
        self.reminder_id._message_log_batch(
            bodies=dict.fromkeys(self.reminder_id.ids, body)
        )
        self.reminder_id.line_ids.move_line_id.move_id._credit_log(body)
