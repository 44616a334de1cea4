"""What a debtor answers on the page, each checked here and written by its model.

``form`` is what came from outside: texts of any kind. Items are looked up among those
that are open in this account; everything else is refused with one and the same
sentence, so that nobody learns what exists elsewhere.
"""

from odoo import api, models
from odoo.fields import Domain

from ..engine.files import kind_of, safe_name
from ..engine.inputs import BadInput, parse_amount, parse_ids, parse_number
from ..report import payment
from ..report.letterhead import french_number, number_of
from ..report.wording import day_text
from .credit_account import Refused
from .credit_account_page import Show

MOST_NAME = 120
MOST_FILES = 5
MOST_FILE_BYTES = 5 * 1024 * 1024
PROMISE_DATES = 3
#: Answers that one debtor may give in a day: more is no person.
DAILY_ANSWERS = 30


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    # ------------------------------------------------------------------
    # Understanding
    # ------------------------------------------------------------------

    @api.model
    def _chosen(self, account, ids, lock=True):
        """The open claims that were ticked, of one currency.

        :param list ids: texts, from anybody
        :param bool lock: hold them, since something is about to be written
        :raise Refused: if one is not open here, or none was ticked
        """
        try:
            wanted = parse_ids(ids)
        except BadInput:
            raise self._not_open(account) from None
        if not wanted:
            raise Refused(
                account.env._("Please tick what it is about in the table of invoices.")
            )
        items = self._open_items(account).filtered(
            lambda item: item.id in set(wanted) and item.amount_residual_currency > 0
        )
        if len(items) != len(wanted):
            raise self._not_open(account)
        if len(items.currency_id) > 1:
            raise Refused(
                account.env._("Please tick the invoices of one currency at a time.")
            )
        if lock:
            self._lock_items(items)
        if any(item.reconciled for item in items):
            raise self._not_open(account)
        return items

    @api.model
    def _check_not_busy(self, account, items):
        """Refuse what is being paid, planned or promised already, or contested."""
        rows = self._item_rows(account, items, self._present(account, items))
        codes = {code for row in rows for code, _label in row["statuses"]}
        if codes & {"payment", "plan", "plan_asked", "promise"}:
            raise Refused(
                account.env._(
                    "Some of what you ticked is being paid, promised or in a plan "
                    "already. To change that, please write to us."
                )
            )
        if items.currency_id.is_zero(sum(items._credit_claimable().values())):
            text = account.env._("Nothing of what you ticked is left to agree on.")
            if "dispute" in codes:
                text = account.env._(
                    "You contest what you ticked: it waits for our answer. Pay it, or "
                    "write to us."
                )
            elif "credited" in codes:
                text = account.env._(
                    "What you ticked will be credited: nothing of it is asked for."
                )
            raise Refused(text)

    @api.model
    def _check_pace(self, account):
        """Nobody answers so often: refuse, before the records pile up."""
        since = account.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        own = (
            Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("create_date", ">=", since)
            & Domain("source", "=", "portal")
        )
        count = sum(
            account.env[model].search_count(own, limit=DAILY_ANSWERS)
            for model in ("credit.answer", "credit.dispute", "credit.promise")
        )
        if count >= DAILY_ANSWERS:
            raise Refused(
                account.env._(
                    "We have had many answers from you today. Please call us instead."
                )
            )

    @api.model
    def _files(self, account, name, files):
        """Check files and keep them. What they are is told by their content.

        :param str name: of the field
        :param files: uploads of the form; empty ones are no files
        :return: attachments without a record yet
        :raise Refused: for too many, too large ones or other kinds
        """
        _ = account.env._
        vals_list = []
        files = [upload for upload in files if upload and upload.filename]
        if len(files) > MOST_FILES:
            text = _("please send at most %s files.", MOST_FILES)
            raise self._refused(account, name, text)
        for upload in files:
            content = upload.stream.read(MOST_FILE_BYTES + 1)
            if len(content) > MOST_FILE_BYTES:
                text = _("a file may have %s MB at most.", MOST_FILE_BYTES // 1024**2)
                raise self._refused(account, name, text)
            kind = kind_of(content)
            if not kind:
                text = _("only PDF files and pictures (PNG, JPEG) are taken.")
                raise self._refused(account, name, text)
            mimetype, ending = kind
            vals_list.append(
                {
                    "name": safe_name(upload.filename, ending),
                    "raw": content,
                    "mimetype": mimetype,
                }
            )
        return account.env["ir.attachment"].create(vals_list)

    @api.model
    def _file_with(self, attachments, record):
        """Hand the files over to the record that they belong to."""
        if attachments:
            attachments.write({"res_model": record._name, "res_id": record.id})

    # ------------------------------------------------------------------
    # Promise
    # ------------------------------------------------------------------

    @api.model
    def _promise(self, account, ids, form):
        """Promise the ticked items: a day for all of it, or days with amounts."""
        self._check_pace(account)
        items = self._chosen(account, ids)
        self._check_not_busy(account, items)
        currency = items.currency_id
        limits = account.env["credit.promise"]._promise_limits(items)
        dated = []
        for rank in range(1, PROMISE_DATES + 1):
            day, amount = f"promise_date_{rank}", f"promise_amount_{rank}"
            if form.get(day) or form.get(amount):
                dated.append(
                    (
                        self._promised_day(account, form, day, limits["last_date"]),
                        self._amount(account, form, amount, currency)
                        if form.get(amount)
                        else None,
                        amount,
                    )
                )
        if not dated:
            raise Refused(
                account.env._("Please give the day on which you will pay."),
                field="promise_date_1",
            )
        if len(dated) == 1 and dated[0][1] is None:
            dated = [(dated[0][0], limits["residual"], "promise_amount_1")]
        for _day, amount, name in dated:
            if amount is None:
                text = account.env._("please give an amount for each day.")
                raise self._refused(account, name, text)
        total = sum(amount for _day, amount, _name in dated)
        if currency.compare_amounts(total, limits["min_amount"]) < 0:
            text = account.env._(
                "please promise at least %s of what you ticked.",
                currency.format(limits["min_amount"]),
            )
            raise self._refused(account, "promise_amount_1", text)
        account.env["credit.promise"]._make(
            items,
            sorted((day, amount) for day, amount, _name in dated),
            source="portal",
            reminder=account.reminder,
            note=self._text(account, form, "promise_note") or None,
            enforce=True,
        )

    @api.model
    def _promised_day(self, account, form, name, last):
        """A day of a promise, from today until the last one that the policy allows."""
        day = self._day(account, form, name)
        if not account.today <= day <= last:
            until = day_text(account.env, last)
            text = account.env._("please choose a day until %s.", until)
            if day < account.today:
                text = account.env._(
                    "this day is in the past. Please choose one until %s.", until
                )
            raise self._refused(account, name, text)
        return day

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    @api.model
    def _plan_wish(self, account, form):
        """Number, frequency and first day that were asked for."""
        _ = account.env._
        try:
            number = parse_number(form.get("plan_number"), least=2, most=60)
        except BadInput:
            text = _("please give a number from 2 to 60.")
            raise self._refused(account, "plan_number", text) from None
        frequency = form.get("plan_frequency")
        known = dict(account.env["credit.plan"]._fields["frequency"].selection)
        if frequency not in known:
            text = _("please choose how often you want to pay.")
            raise self._refused(account, "plan_frequency", text)
        first = self._day(account, form, "plan_first_date")
        year = account.today.replace(year=account.today.year + 1, day=1)
        if not account.today <= first <= year:
            text = _("the first day must lie ahead, and within a year.")
            raise self._refused(account, "plan_first_date", text)
        return number, frequency, first

    @api.model
    def _plan_preview(self, account, ids, form):
        """What the page shows before a plan is asked for. Writes nothing."""
        items = self._chosen(account, ids, lock=False)
        self._check_not_busy(account, items)
        number, frequency, first = self._plan_wish(account, form)
        offer = account.env["credit.plan"]._offer(items, number, frequency, first)
        return {
            "account": account,
            "company": account.company,
            "res_company": account.company,
            "page_name": "credit",
            "items": items,
            "currency": items.currency_id,
            "offer": offer,
            "schedule": offer["schedule"],
            "number": number,
            "frequency": frequency,
            "first": first,
            "show": Show(account.env),
            "error": None,
            "error_field": None,
            "note": self._text(account, form, "plan_note"),
            "name": self._text(account, form, "plan_name", most=MOST_NAME),
            "acknowledgement": self._acknowledgement(account, items, offer),
        }

    @api.model
    def _acknowledgement(self, account, items, offer, name=None):
        """The words by which the debtor recognises the debt, in its language."""
        show, favour = Show(account.env), self._favour(account, items.currency_id)
        return account.env["ir.qweb"]._render(
            "credit_management.acknowledgement",
            {
                "parties": [
                    self._party_text(partner)
                    for partner in (account.debtor, account.company.partner_id)
                ],
                "items": self._oldest_first(items._credit_claimable()),
                "currency": items.currency_id,
                "offer": offer,
                "favour": favour
                and account.env._(
                    "%s in favour of the debtor is not set against these invoices yet; "
                    "once it is, the instalments come to that much less.",
                    show.money(favour, items.currency_id),
                ),
                "total": offer["total"],
                "interrupts": self._acknowledgement_interrupts(account, items),
                "country": self._governing_country(account, items).code,
                "words": payment.amount_in_words(
                    offer["total"],
                    items.currency_id.name,
                    account.env.lang or "en_US",
                    items.currency_id.decimal_places,
                ),
                "show": show,
                "accepted": name and self._accepted_text(account, name),
            },
            minimal_qcontext=True,
        )

    @api.model
    def _accepted_text(self, account, name):
        """Who acknowledges the debt, for whom and when."""
        values = {
            "name": name,
            "debtor": account.debtor.name,
            "day": day_text(account.env, account.today),
        }
        if account.debtor.is_company:
            return account.env._(
                "Accepted by %(name)s for %(debtor)s, on %(day)s.", **values
            )
        return account.env._("Accepted by %(name)s on %(day)s.", **values)

    @api.model
    def _acknowledgement_interrupts(self, account, items):
        """Whether the words say that the limitation period is interrupted. Addons that
        know when it is over say no where that is so of some of the items."""
        return True

    @api.model
    def _governing_country(self, account, items):
        """Whose law says what an acknowledgement does: that of the items' regime.

        That of the creditor where regimes belong to no country; none where the items
        are under the laws of several.
        """
        engine = account.env["credit.engine"].sudo()
        rows = engine._charge_claims(account.company, items.ids, account.today)
        found = account.env["res.country"].union(
            *(row["regime_record"].country_id for row in rows)
        )
        if len(found) > 1:
            return found.browse()
        return found or account.company.country_id

    @api.model
    def _party_text(self, partner):
        """Who it is, so that nobody else can be meant: name, address and number."""
        address = partner._display_address(without_company=True)
        lines = [line.strip() for line in address.splitlines()]
        number = french_number(partner) or number_of(partner)
        return ", ".join(part for part in (partner.name, *lines, number) if part)

    @api.model
    def _oldest_first(self, amounts):
        """{item: amount} in the order of the page."""
        return dict(
            sorted(
                amounts.items(),
                key=lambda pair: (pair[0].date_maturity or pair[0].date, pair[0].id),
            )
        )

    @api.model
    def _favour(self, account, currency):
        """What stands in the debtor's favour and no invoice has used yet."""
        found = account.env["credit.engine"]._credits(
            account.company, account.debtor.ids
        )
        return found.get((account.debtor.id, currency.id), 0.0)

    @api.model
    def _plan(self, account, ids, form, address):
        """Ask for the plan that was shown; the debt is acknowledged by name.

        :param str address: from where it was accepted, kept as proof
        :return: what to tell: the plan runs, or a collector decides
        """
        self._check_pace(account)
        items = self._chosen(account, ids)
        self._check_not_busy(account, items)
        number, frequency, first = self._plan_wish(account, form)
        name = self._text(account, form, "plan_name", most=MOST_NAME)
        if len(name) < 3:
            text = account.env._("please give your name.")
            raise self._refused(account, "plan_name", text)
        if not form.get("plan_accept"):
            raise Refused(
                account.env._("Please tick that you acknowledge the debt."),
                field="plan_accept",
            )
        offer = account.env["credit.plan"]._offer(items, number, frequency, first)
        try:
            shown = parse_amount(
                form.get("plan_total") or "", items.currency_id.decimal_places
            )
        except BadInput:
            shown = 0
        if items.currency_id.compare_amounts(float(shown), offer["total"]):
            raise Refused(
                account.env._(
                    "The amount has changed in the meantime. Please look at the "
                    "instalments again."
                )
            )
        plan = account.env["credit.plan"]._request(
            items,
            number,
            frequency,
            first,
            source="portal",
            reminder=account.reminder,
            accepted_name=name,
            accepted_ip=address,
            acknowledgement_html=self._acknowledgement(account, items, offer, name),
            note=self._text(account, form, "plan_note") or None,
        )
        return "plan" if plan.state == "active" else "plan_asked"

    # ------------------------------------------------------------------
    # Dispute
    # ------------------------------------------------------------------

    @api.model
    def _dispute(self, account, ids, form, files):
        """Contest the ticked invoices, or a part of one."""
        _ = account.env._
        self._check_pace(account)
        items = self._chosen(account, ids)
        moves = items.move_id
        if any(move.move_type != "out_invoice" for move in moves):
            raise Refused(
                _("Only invoices can be disputed here. Please write us a message.")
            )
        open_dispute = account.env["credit.dispute"].search_count(
            Domain("move_id", "in", moves.ids) & Domain("state", "=", "open"), limit=1
        )
        if open_dispute:
            raise Refused(_("Some of these invoices are disputed already."))
        try:
            reason_id = parse_number(form.get("dispute_reason"), least=1)
        except BadInput:
            reason_id = 0
        reason = account.env["credit.dispute.reason"].search([("id", "=", reason_id)])
        if not reason:
            text = _("please choose a reason.")
            raise self._refused(account, "dispute_reason", text)
        text = self._text(account, form, "dispute_text", required=True)
        amount = 0.0
        if form.get("dispute_amount"):
            if len(moves) > 1:
                raise Refused(_("Tick one invoice to dispute a part of it."))
            amount = self._amount(account, form, "dispute_amount", items.currency_id)
            residual = sum(items.mapped("amount_residual_currency"))
            if items.currency_id.compare_amounts(amount, residual) > 0:
                open_text = items.currency_id.format(residual)
                raise self._refused(
                    account,
                    "dispute_amount",
                    _("you can't dispute more than is open: %s.", open_text),
                )
        attachments = self._files(account, "dispute_file", files)
        parts = self._ticked_parts(account, items)
        # Whoever was answered a while ago is heard again, but stops nothing by it.
        answered = account.env["credit.dispute"]._rejected_lately(moves)
        for move in moves:
            own = attachments if move == moves[:1] else attachments.copy()
            dispute = account.env["credit.dispute"]._make(
                move,
                reason,
                amount=amount or parts.get(move, 0.0),
                scope="none" if move in answered else None,
                description=text,
                source="portal",
                reminder=account.reminder,
                attachments=own,
            )
            self._file_with(own, dispute)

    @api.model
    def _ticked_parts(self, account, items):
        """What was ticked of invoices of which not all that is open was ticked.

        :return: {invoice: amount in its currency}
        """
        open_ = self._open_items(account).filtered(
            lambda item: item.amount_residual_currency > 0
        )
        return {
            move: sum(
                (open_ & items & move.line_ids).mapped("amount_residual_currency")
            )
            for move in items.move_id
            if (open_ & move.line_ids) - items
        }
