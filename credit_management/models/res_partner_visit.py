"""Debtors who refuse visits, and what visitors saw of them."""

from urllib.parse import quote

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_visit_refused_on = fields.Date(
        string="Refuses visits since",
        company_dependent=True,
        groups="credit_management.group_viewer",
        help="Nobody visits the debtor any more: visits go by the fallback channel of "
        "their step, or the step is passed over.",
    )
    credit_visit_refused_by = fields.Many2one(
        "res.users",
        string="Refusal noted by",
        company_dependent=True,
        readonly=True,
        groups="credit_management.group_viewer",
    )
    credit_visit_refused_note = fields.Char(
        string="What was said",
        company_dependent=True,
        groups="credit_management.group_viewer",
    )
    credit_solvency_score = fields.Integer(
        string="Solvency seen",
        company_dependent=True,
        readonly=True,
        groups="credit_management.group_viewer",
        help="What visitors saw last, from 0 (nothing to be had) to 100: for a person "
        "to weigh, no verdict.",
    )
    credit_solvency_date = fields.Date(
        string="Solvency seen on",
        company_dependent=True,
        readonly=True,
        groups="credit_management.group_viewer",
    )

    def write(self, vals):
        # EXTENDS base: a refusal is the debtor's, with who noted it
        if "credit_visit_refused_on" not in vals:
            return super().write(vals)
        others = dict(vals)
        day = others.pop("credit_visit_refused_on")
        refusal = {
            "credit_visit_refused_on": day,
            "credit_visit_refused_by": others.pop(
                "credit_visit_refused_by", self.env.uid if day else False
            ),
            "credit_visit_refused_note": others.pop("credit_visit_refused_note", False),
        }
        result = super().write(others) if others else True
        debtors = self.commercial_partner_id
        super(ResPartner, debtors).write(refusal)
        if day:
            debtors._credit_visits_refused()
        return result

    def _credit_visits_refused(self):
        """Drop what is planned where visits are refused, and go on otherwise."""
        company = self.env.company
        own = Domain("partner_id", "in", self.ids) & Domain(
            "company_id", "=", company.id
        )
        text = self.env._("The debtor has refused visits.")
        visits = self.env["credit.visit"].sudo()
        visits.search(own & Domain("state", "=", "planned"))._cancel(text)
        waiting = Domain("state", "=", "to_approve") & Domain("channel", "=", "visit")
        self.env["credit.reminder"].sudo().search(own & waiting)._pass_visits_over(text)

    def _credit_visit_refusals(self, companies):
        """Which of the debtors have refused visits: {(company, debtor): text}."""
        texts = {}
        for company in companies:
            for debtor in self.sudo().with_company(company).commercial_partner_id:
                day = debtor.credit_visit_refused_on
                if day:
                    texts[company, self.browse(debtor.id)] = self.env._(
                        "The debtor has refused visits on %(day)s (%(who)s).",
                        day=format_date(self.env, day),
                        who=debtor.credit_visit_refused_by.name
                        or debtor.credit_visit_refused_note
                        or "–",
                    )
        return texts

    def _credit_owed_now(self, company):
        """What each debtor owes, with charges and less what is in its favour.

        As the debtor's own page counts it, in a fixed number of queries.

        :return: {debtor id: {currency: (owed now, owed in all)}}; in the currency of
            the items, and nothing where nothing is owed in all
        """
        debtors = self.commercial_partner_id
        owed = {}

        def add(debtor_id, currency, now, later=0.0):
            sums = owed.setdefault(debtor_id, {}).setdefault(currency, [0.0, 0.0])
            sums[0] += now
            sums[1] += now + later

        for debtor_id, ageing in debtors._credit_ageing(company).items():
            for currency, buckets in ageing.items():
                late = sum(buckets.values()) - buckets["not_due"]
                add(debtor_id, currency, late, buckets["not_due"])
        charges = self.env["credit.charge"].sudo()
        for debtor, currency, amount in charges._read_group(
            Domain("partner_id", "in", debtors.ids)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "claimed")
            & ~Domain("plan_id.state", "=", "active"),
            ["partner_id", "currency_id"],
            ["amount_open:sum"],
        ):
            add(debtor.id, currency, amount)
        engine = self.env["credit.engine"].sudo()
        if debtors:
            self.env.flush_all()
        for debtor_id, currency_id, amount in (
            self.env.execute_query(engine._credits_sql(company, debtors.ids))
            if debtors
            else ()
        ):
            currency = self.env["res.currency"].browse(currency_id)
            add(debtor_id, currency, -float(amount))
        return {
            debtor_id: {
                currency: (currency.round(max(now, 0)), currency.round(whole))
                for currency, (now, whole) in sums.items()
                if currency.compare_amounts(whole, 0) > 0
            }
            for debtor_id, sums in owed.items()
        }

    def _credit_map_links(self):
        """Addresses of maps for an address: nothing is loaded before they are opened.

        :return: {"geo": for the map of a telephone, "https": in a browser}
        """
        parts = [self.street, self.zip, self.city, self.country_id.name]
        place = quote(", ".join(filter(None, parts)))
        return {
            "geo": f"geo:0,0?q={place}",
            "https": f"https://www.openstreetmap.org/search?query={place}",
        }

    def action_credit_visits_allowed(self):
        """The debtor lets visitors come again."""
        self.check_access("write")
        self.commercial_partner_id.credit_visit_refused_on = False
        return True
