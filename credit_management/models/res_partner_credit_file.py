"""The debtor's file: what is owed, how it pays, and all that has happened."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .credit_account_messages import plain

#: Days overdue of each bucket: its name, the first and the last day.
BUCKETS = (
    ("not_due", None, 0),
    ("1_30", 1, 30),
    ("31_60", 31, 60),
    ("61_90", 61, 90),
    ("over_90", 91, None),
)
#: Events shown at once; the rest is in the lists.
TIMELINE = 100
#: What the two sides write to each other about.
THREADS = ("credit.reminder", "credit.answer", "credit.plan", "credit.dispute")


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_ageing_html = fields.Html(
        string="Ageing",
        compute="_compute_credit_file",
        groups="credit_management.group_viewer",
        sanitize=False,
    )
    credit_timeline_html = fields.Html(
        string="Timeline",
        compute="_compute_credit_timeline",
        groups="credit_management.group_viewer",
        sanitize=False,
    )
    credit_has_paid = fields.Boolean(
        string="Paid in the last year",
        compute="_compute_credit_file",
        groups="credit_management.group_viewer",
    )
    credit_days_late = fields.Float(
        string="Average days late",
        digits=(16, 1),
        compute="_compute_credit_file",
        groups="credit_management.group_viewer",
        help="Of the payments of the last year, weighted by their amounts; negative: "
        "paid before the due date.",
    )
    credit_promises_text = fields.Char(
        string="Promises kept",
        compute="_compute_credit_file",
        groups="credit_management.group_viewer",
    )
    credit_charges_text = fields.Char(
        string="Open charges",
        compute="_compute_credit_file",
        groups="credit_management.group_viewer",
    )

    @api.depends_context("company", "lang")
    def _compute_credit_file(self):
        company = self.env.company
        ageing = self._credit_ageing(company)
        late = self._credit_days_late(company)
        for partner in self:
            debtor = partner.commercial_partner_id
            partner.credit_ageing_html = self._credit_ageing_table(
                ageing.get(debtor.id, {})
            )
            partner.credit_has_paid = debtor.id in late
            partner.credit_days_late = late.get(debtor.id, 0.0)
        self._compute_credit_texts(company)

    def _compute_credit_texts(self, company):
        debtors = self.commercial_partner_id
        domain = Domain("partner_id", "in", debtors.ids) & Domain(
            "company_id", "=", company.id
        )
        promises, charges = {}, {}
        for debtor, state, count in (
            self.env["credit.promise"]
            .sudo()
            ._read_group(
                domain & Domain("state", "in", ("kept", "partly", "broken")),
                ["partner_id", "state"],
                ["__count"],
            )
        ):
            promises.setdefault(debtor, {})[state] = count
        for debtor, currency, amount in (
            self.env["credit.charge"]
            .sudo()
            ._read_group(
                domain & Domain("state", "=", "claimed"),
                ["partner_id", "currency_id"],
                ["amount_open:sum"],
            )
        ):
            charges.setdefault(debtor, []).append(currency.format(amount))
        for partner in self:
            debtor = partner.commercial_partner_id
            counts = promises.get(debtor, {})
            partner.credit_promises_text = False
            if counts:
                partner.credit_promises_text = self.env._(
                    "%(kept)s of %(all)s",
                    kept=counts.get("kept", 0),
                    all=sum(counts.values()),
                )
            partner.credit_charges_text = " + ".join(charges.get(debtor, ()))

    # ------------------------------------------------------------------
    # Ageing and manners
    # ------------------------------------------------------------------

    def _credit_ageing(self, company):
        """What each debtor owes by age: {debtor id: {currency: {bucket: amount}}}.

        In the currency of the items. In sudo: who sees a debtor's reminders may know.
        """
        self.env.flush_all()
        engine = self.env["credit.engine"].sudo()
        today = company._credit_today()
        debtors = self.commercial_partner_id.ids
        sums = [
            SQL(
                "SUM(amount) FILTER (WHERE late BETWEEN %s AND %s)",
                -100000 if first is None else first,
                100000 if last is None else last,
            )
            for _name, first, last in BUCKETS
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT debtor_id, currency_id, %(sums)s
                     FROM (SELECT partner.commercial_partner_id AS debtor_id,
                                  aml.currency_id,
                                  aml.amount_residual_currency AS amount,
                                  %(today)s - COALESCE(aml.date_maturity, aml.date)
                                      AS late
                             FROM account_move_line aml
                             JOIN res_partner partner ON partner.id = aml.partner_id
                            WHERE %(where)s AND aml.amount_residual_currency > 0) item
                    GROUP BY debtor_id, currency_id
                    ORDER BY debtor_id, currency_id""",
                sums=SQL(", ").join(sums),
                today=today,
                where=engine._open_items_where(company, debtors),
            )
        )
        names = [name for name, _first, _last in BUCKETS]
        found = {}
        for debtor_id, currency_id, *amounts in rows:
            currency = self.env["res.currency"].browse(currency_id)
            found.setdefault(debtor_id, {})[currency] = dict(
                zip(names, (float(amount or 0) for amount in amounts), strict=True)
            )
        return found

    def _credit_ageing_table(self, ageing):
        """The ageing of one debtor as a table; false where nothing is owed."""
        if not ageing:
            return False
        _ = self.env._
        heads = [
            _("Not due"),
            _("1–30 days"),
            _("31–60 days"),
            _("61–90 days"),
            _("Over 90 days"),
            _("Total"),
        ]
        cell = Markup('<td class="text-end">%s</td>')
        rows = Markup().join(
            Markup("<tr><th>%s</th>%s</tr>")
            % (
                currency.name,
                Markup().join(
                    cell % (currency.format(amount) if amount else "")
                    for amount in (*buckets.values(), sum(buckets.values()))
                ),
            )
            for currency, buckets in ageing.items()
        )
        head = Markup().join(Markup('<th class="text-end">%s</th>') % h for h in heads)
        return Markup(
            '<div class="table-responsive"><table class="table table-sm text-nowrap">'
            "<thead><tr><th></th>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (head, rows)

    def _credit_days_late(self, company):
        """Days late of what was paid in the last year, weighted by the amounts.

        Credit notes are no payments.

        :return: {debtor id: days}
        """
        today = company._credit_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id,
                          SUM(part.amount * (part.max_date
                              - COALESCE(aml.date_maturity, aml.date)))
                          / NULLIF(SUM(part.amount), 0)
                     FROM res_partner partner
                     JOIN account_move_line aml ON aml.partner_id = partner.id
                     JOIN account_partial_reconcile part ON part.debit_move_id = aml.id
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_journal journal ON journal.id = other.journal_id
                    WHERE partner.commercial_partner_id = ANY(%s)
                      AND aml.company_id = %s AND aml.parent_state = 'posted'
                      AND aml.account_id IN %s
                      AND journal.type IN ('bank', 'cash', 'credit')
                      AND part.max_date > %s
                    GROUP BY partner.commercial_partner_id""",
                self.commercial_partner_id.ids,
                company.id,
                self.env["credit.engine"].sudo()._receivable_accounts(company),
                fields.Date.subtract(today, years=1),
            )
        )
        return {row[0]: round(float(row[1] or 0), 1) for row in rows}

    # ------------------------------------------------------------------
    # Timeline
    # ------------------------------------------------------------------

    @api.depends_context("company", "lang")
    def _compute_credit_timeline(self):
        company = self.env.company
        for partner in self:
            events = partner.commercial_partner_id._credit_events(company)
            partner.credit_timeline_html = self._credit_timeline_list(events)

    def _credit_events(self, company):
        """All that was sent, opened, said, promised and paid, the newest first.

        Within a day by the moment at which it happened or was entered. One query,
        whatever there is.

        :return: list of dict(day, kind, state, text, model, id, amount, currency_id)
        """
        self.ensure_one()
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT day, kind, state, text, model, id, amount, currency_id FROM (
                    SELECT date_done AS day, COALESCE(date_sent, create_date) AS moment,
                           'sent' AS kind, channel AS state,
                           name AS text, 'credit.reminder' AS model, id,
                           amount_asked AS amount, currency_id
                      FROM credit_reminder
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                       AND state = 'sent'
                     UNION ALL
                    SELECT (date_opened AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                           date_opened, 'opened', delivery_state, name,
                           'credit.reminder', id, NULL, currency_id
                      FROM credit_reminder
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                       AND date_opened IS NOT NULL
                     UNION ALL
                    -- When it came back is not known: after it had left.
                    SELECT date_done, date_sent + INTERVAL '1 second', 'bounced',
                           channel, name, 'credit.reminder', id,
                           NULL, currency_id
                      FROM credit_reminder
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                       AND delivery_state = 'bounced'
                     UNION ALL
                    SELECT date_promised, create_date, 'promised',
                           CASE WHEN dropped THEN 'dropped' ELSE state END,
                           date::text, 'credit.promise', id, amount, currency_id
                      FROM credit_promise
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     UNION ALL
                    SELECT date_requested, create_date, 'plan', state, name,
                           'credit.plan', id, amount_total, currency_id
                      FROM credit_plan
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     UNION ALL
                    SELECT dispute.date, dispute.create_date, 'disputed',
                           dispute.state, move.name, 'credit.dispute', dispute.id,
                           COALESCE(NULLIF(dispute.amount, 0), move.amount_total),
                           move.currency_id
                      FROM credit_dispute dispute
                      JOIN account_move move ON move.id = dispute.move_id
                     WHERE dispute.partner_id = %(debtor)s
                       AND dispute.company_id = %(company)s
                     UNION ALL
                    SELECT date, create_date, 'said', kind, LEFT(text, 200),
                           'credit.answer', id, paid_amount, currency_id
                      FROM credit_answer
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     UNION ALL
                    SELECT (message.date AT TIME ZONE 'UTC'
                                AT TIME ZONE %(tz)s)::date,
                           message.date,
                           CASE WHEN staff.id IS NULL THEN 'replied'
                                ELSE 'answered' END,
                           NULL, message.body, message.model, message.res_id,
                           NULL, NULL
                      FROM (%(threads)s) thread
                      JOIN mail_message message
                        ON message.model = thread.model AND message.res_id = thread.id
                      LEFT JOIN LATERAL (
                            SELECT id FROM res_users
                             WHERE partner_id = message.author_id
                               AND share IS NOT TRUE LIMIT 1) staff ON TRUE
                     WHERE message.subtype_id = %(comment)s
                       AND message.is_internal IS NOT TRUE
                       -- What was written on the page is an event of its own.
                       AND (message.message_type = 'email'
                            OR message.message_type = 'comment'
                               AND staff.id IS NOT NULL)
                     UNION ALL
                    SELECT date, reported_at, 'visited', outcome, name,
                           'credit.visit', id, NULLIF(paid_amount, 0), paid_currency_id
                      FROM credit_visit
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                       AND reported_at IS NOT NULL
                     UNION ALL
                    SELECT date_start, create_date, 'held', NULL, reason,
                           'credit.hold', id, NULL, NULL
                      FROM credit_hold
                     WHERE partner_id = %(debtor)s AND company_id = %(company)s
                     UNION ALL
                    SELECT paid.date, MIN(paid.create_date), 'paid', NULL,
                           paid.move_name, 'account.move', paid.move_id,
                           -SUM(paid.amount_currency), paid.currency_id
                      FROM account_move_line paid
                      JOIN res_partner partner ON partner.id = paid.partner_id
                      JOIN account_journal journal ON journal.id = paid.journal_id
                     WHERE partner.commercial_partner_id = %(debtor)s
                       AND paid.company_id = %(company)s
                       AND paid.parent_state = 'posted'
                       AND paid.account_id IN %(accounts)s
                       AND journal.type IN ('bank', 'cash', 'credit')
                       AND paid.balance < 0
                     GROUP BY paid.date, paid.move_name, paid.move_id, paid.currency_id
                ) event
                WHERE day IS NOT NULL
                ORDER BY day DESC, moment DESC NULLS LAST, kind, id DESC
                LIMIT %(limit)s""",
                debtor=self.id,
                company=company.id,
                tz=company.sudo().credit_tz or "UTC",
                comment=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                threads=SQL(" UNION ALL ").join(
                    SQL(
                        """SELECT %s AS model, id FROM %s
                            WHERE partner_id = %s AND company_id = %s""",
                        model,
                        SQL.identifier(self.env[model]._table),
                        self.id,
                        company.id,
                    )
                    for model in THREADS
                ),
                accounts=self.env["credit.engine"].sudo()._receivable_accounts(company),
                limit=TIMELINE,
            )
        )

    def _credit_timeline_list(self, events):
        if not events:
            return False
        _ = self.env._
        labels = {
            "sent": _("Sent"),
            "opened": _("Opened"),
            "bounced": _("Came back"),
            "promised": _("Promised"),
            "plan": _("Payment plan"),
            "disputed": _("Disputed"),
            "said": _("Said"),
            "replied": _("Replied"),
            "answered": _("Answered"),
            "visited": _("Visited"),
            "held": _("On hold"),
            "paid": _("Paid"),
        }
        states = self._credit_state_labels()
        rows = []
        for event in events:
            currency = self.env["res.currency"].browse(event["currency_id"] or ())
            amount = event["amount"]
            state = states.get((event["model"], event["kind"], event["state"]))
            text = event["text"]
            if event["kind"] in ("replied", "answered"):
                text = plain(text, most=200)
            elif event["kind"] == "promised":
                text = _("by %s", format_date(self.env, text))
            rows.append(
                Markup(
                    '<tr><td class="text-nowrap">%s</td><td class="text-nowrap">%s</td>'
                    '<td class="w-100 text-break" style="min-width: 12rem">'
                    '<a href="/odoo/%s/%s">%s</a></td>'
                    '<td class="text-end text-nowrap">%s</td></tr>'
                )
                % (
                    format_date(self.env, event["day"]),
                    labels[event["kind"]],
                    event["model"],
                    event["id"],
                    " · ".join(filter(None, (text, state))) or "…",
                    currency.format(float(amount)) if amount and currency else "",
                )
            )
        return Markup(
            '<div class="table-responsive"><table class="table table-sm">%s'
            "</table></div>"
        ) % Markup().join(rows)

    def _credit_state_labels(self):
        """What the states of events are called: {(model, kind, state): label}."""
        sources = [
            ("credit.promise", "promised", "state"),
            ("credit.plan", "plan", "state"),
            ("credit.dispute", "disputed", "state"),
            ("credit.answer", "said", "kind"),
            ("credit.visit", "visited", "outcome"),
            ("credit.reminder", "sent", "channel"),
        ]
        labels = {}
        for model, kind, name in sources:
            field = self.env[model]._fields[name]
            for code, label in field._description_selection(self.env):
                labels[model, kind, code] = label
        labels["credit.promise", "promised", "dropped"] = self.env._(
            "Dropped: an earlier promise of the series was not kept."
        )
        return labels

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _credit_file_action(self):
        """Open the debtor's file on what is owed."""
        self.ensure_one()
        view = self.env.ref("credit_management.credit_debtor_view_form")
        return self._get_records_action(views=[(view.id, "form")])

    def action_credit_promise(self):
        """Note a promise for what is overdue, in the currency of the oldest item."""
        return self._credit_overdue_items().action_credit_promise()

    def action_credit_plan(self):
        """Agree on instalments for what is overdue."""
        return self._credit_overdue_items().action_credit_plan()

    def _credit_overdue_items(self):
        """Overdue items that no promise or plan holds and nobody contests as a whole;
        all open ones if there are none.

        :raise UserError: if nothing is open, or all of it is asked for otherwise
        """
        self.ensure_one()
        company = self.env.company
        items = self.env["credit.answer"]._open_items(
            self.commercial_partner_id, company
        )
        if not items:
            raise UserError(self.env._("%s owes nothing.", self.display_name))
        kept_out = self.env["credit.promise"]._kept_out(items)
        items = items.filtered(lambda item: item.id not in kept_out)
        if not items:
            raise UserError(next(iter(kept_out.values())))
        items = items.filtered(lambda item: item.currency_id == items[0].currency_id)
        held = (
            self.env["credit.promise"]
            .search(Domain("item_ids", "in", items.ids) & Domain("state", "=", "open"))
            .item_ids
        )
        held |= (
            self.env["credit.plan"]
            .search(
                Domain("item_ids", "in", items.ids)
                & Domain("state", "in", ("requested", "active"))
            )
            .item_ids
        )
        today = company._credit_today()
        claimable = items._credit_claimable()
        free = (items - held).filtered(lambda item: claimable.get(item, 0) > 0)
        overdue = free.filtered(lambda item: (item.date_maturity or item.date) < today)
        return overdue or free or items
