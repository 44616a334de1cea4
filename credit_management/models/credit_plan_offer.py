"""What a plan would come to, whether it is accepted at once, and its instalments."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import plan_charges, plans
from ..report.wording import day_text
from .credit_agreement import to_major
from .credit_regime_resolution import to_minor


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    credit_text = fields.Char(compute="_compute_credit_text")

    offer_text = fields.Char(string="By these terms", compute="_compute_offer_text")
    offer_html = fields.Html(
        string="Instalments by these terms",
        compute="_compute_offer_text",
        sanitize=False,
        help="Those that a new plan will have; they can be changed once it is saved.",
    )

    @api.depends("item_ids", "number", "frequency", "first_date", "amount_fee")
    @api.depends_context("lang")
    def _compute_offer_text(self):
        """What a new plan would come to, before it is saved.

        In sudo: whoever agrees need not read journal items.
        """
        self.offer_text = self.offer_html = False
        for plan in self.filtered(lambda plan: not plan._origin and plan.first_date):
            items = plan.sudo().item_ids._origin
            if len(items.company_id) != 1 or len(items.currency_id) != 1:
                continue
            try:
                offer = self.sudo()._offer(
                    items,
                    plan.number,
                    plan.frequency,
                    plan.first_date,
                    fee=plan.amount_fee,
                )
            except UserError as error:
                plan.offer_text = str(error)
            else:
                plan.offer_text = plan._schedule_text(offer["schedule"])
                plan.offer_html = plan._offer_table(offer, items.currency_id)

    def _offer_table(self, offer, currency):
        """The instalments of an offer and what they come to, as a table."""
        return self.env["ir.qweb"]._render(
            "credit_management.plan_offer",
            {
                "rows": [
                    (format_date(self.env, day), currency.format(amount))
                    for day, amount in offer["schedule"]
                ],
                "total": currency.format(offer["total"]),
            },
            minimal_qcontext=True,
        )

    @api.depends("item_ids", "state")
    def _compute_credit_text(self):
        """What the debtor has paid already and nobody has matched: none of the plan."""
        self.credit_text = False
        asked = self.filtered(lambda p: p.state == "requested" and p.currency_id)
        for plan, amount in asked._unmatched_credits().items():
            if not plan.currency_id.is_zero(amount):
                plan.credit_text = self.env._(
                    "%s of payments and credit notes of the debtor are not matched. "
                    "The plan is for the whole of the items: match them first.",
                    plan.currency_id.format(amount),
                )

    @api.model
    def _policy_amounts(self, items, policy):
        """Fee and smallest instalment of a policy, in the currency of the items."""
        company = items.company_id
        today = company._credit_today()

        def convert(amount):
            return company.currency_id._convert(
                amount, items.currency_id, company, today
            )

        return {
            "fee": convert(policy.plan_fee),
            "min_amount": convert(policy.plan_min_amount),
        }

    @api.model
    def _limits(self, items, policy):
        """Within which a policy accepts a plan at once, in the items' currency."""
        least = self._policy_amounts(items, policy)["min_amount"]
        return plans.PlanLimits(
            policy.plan_max_number,
            to_minor(least, items.currency_id),
            policy.plan_max_days,
        )

    @api.model
    def _offer(self, items, number, frequency, first_date, fee=None, carried=0.0):
        """What a plan would come to. Writes nothing.

        :param items: open journal items of one debtor, company and currency
        :param float fee: instead of the policy's, in the items' currency; the law
            bounds it all the same
        :param float carried: charges of an earlier plan, paid by the instalments too
        :return: dict(schedule: tuple of (day, amount), fee, interest, total, residual,
            refusals: texts for the debtor, within: whether it is accepted at once,
            charges: what fee and interest consist of, and what is left out and why)
        :raise UserError: in words for the debtor, if no such plan can be made
        """
        policy = self.env["credit.policy"]._answer_policy(items)
        company, currency = items.company_id, items.currency_id
        today = company._credit_today()
        amounts = self._policy_amounts(items, policy)
        rows, planned = self._planned_items(items, today)
        self._check_left(sum(item.amount for item in planned) + carried)
        fee, refused = self._allowed_fee(
            items, planned, amounts["fee"] if fee is None else fee, today
        )
        if not fee and not refused:
            # None is wanted; where the law allows none either, it is said all the same.
            refused = self._allowed_fee(items, planned, amounts["fee"], today)[1]
        step = max(1, to_minor(currency.rounding, currency))
        earlier = to_minor(carried, currency)
        wish = plan_charges.Wish(number, first_date, frequency, step)
        try:
            schedule, interest, withheld = plan_charges.priced(
                planned,
                fee + earlier,
                wish,
                today,
                self.env["credit.rate"].sudo()._book(company),
                with_interest=policy.plan_interest == "legal",
            )
        except (ValueError, OverflowError) as error:
            raise UserError(
                self.env._("A plan of that many instalments can't be made.")
            ) from error
        limits = self._limits(items, policy)
        codes = plans.within_limits(schedule, limits, today)
        texts = self._refusal_texts(limits, today, currency)
        if "past" in codes:
            raise UserError(texts["past"])
        residual = sum(item.amount for item in planned)
        borne = sum(row.amount for row in interest)
        return {
            "schedule": tuple(
                (day, to_major(amount, currency)) for day, amount in schedule
            ),
            "fee": to_major(fee, currency),
            "interest": to_major(borne, currency),
            "residual": to_major(residual, currency),
            "total": to_major(residual + fee + earlier + borne, currency),
            "refusals": [texts[code] for code in codes],
            "within": not codes and policy.plan_auto,
            "charges": self._charges_as_json(
                rows, fee, interest, [*filter(None, [refused]), *withheld]
            ),
        }

    @api.model
    def _refusal_texts(self, limits, today, currency):
        _ = self.env._
        last = fields.Date.add(today, days=limits.max_days)
        least = to_major(limits.min_amount, currency)
        return {
            "number": _("More than %s instalments.", limits.max_number),
            "amount": _("Instalments of less than %s.", currency.format(least)),
            "duration": _(
                "The last instalment falls after %s.", day_text(self.env, last)
            ),
            "past": _("The first instalment can't be in the past."),
        }

    @api.model
    def _request(
        self,
        items,
        number,
        frequency,
        first_date,
        source="portal",
        reminder=None,
        accepted_name=None,
        accepted_ip=None,
        acknowledgement_html=None,
        note=None,
    ):
        """Ask for a plan: active at once inside the policy's limits, else a request.

        :return: the plan
        :raise UserError: in words for the debtor, if there is one already or none can
            be made
        """
        running = self.search(
            Domain("item_ids", "in", items.ids)
            & Domain("state", "in", ("requested", "active"))
        )
        if running:
            raise UserError(self.env._("There is a plan for these invoices already."))
        offer = self._offer(items, number, frequency, first_date)
        before = self._broken_before(items)
        refused = self._refused_lately(items)
        partner = items.partner_id.commercial_partner_id[:1]
        collector = partner.with_company(items.company_id).credit_user_id
        house = self._in_house(items.company_id, collector)
        plan = house.with_context(credit_schedule_later=True).create(
            {
                "item_ids": [fields.Command.set(items.ids)],
                "number": number,
                "frequency": frequency,
                "first_date": first_date,
                "date_requested": items.company_id._credit_today(),
                "source": source,
                "reminder_id": reminder.id if reminder else False,
                "user_id": collector.id or (source != "portal" and self.env.uid),
                "accepted_name": accepted_name,
                "accepted_date": accepted_name and fields.Datetime.now(),
                "accepted_ip": accepted_ip,
                "acknowledgement_html": acknowledgement_html,
                "note": note,
                **({"hold_until": False} if refused else {}),
            }
        )
        plan._schedule(offer)
        # Whoever broke a plan, or was refused one, asks a person for the next one.
        if offer["within"] and not (before or refused):
            plan._activate()
        else:
            plan._log_request()
        return plan.with_env(self.env)

    def _schedule(self, offer=None):
        """Make the instalments anew."""
        for plan in self:
            offer = offer or self._offer(
                plan.item_ids,
                plan.number,
                plan.frequency,
                plan.first_date,
                fee=plan.amount_fee,
                carried=plan._carried_open(),
            )
            plan.write(
                {
                    "amount_carried": plan._carried_open(),
                    **plan._start_values()[plan],
                    "residual_start": offer["residual"],
                    "amount_fee": offer["fee"],
                    "amount_interest": offer["interest"],
                    "charges": offer["charges"],
                    "line_ids": [
                        fields.Command.clear(),
                        *(
                            fields.Command.create(
                                {"sequence": index, "date": day, "amount": amount}
                            )
                            for index, (day, amount) in enumerate(
                                offer["schedule"], start=1
                            )
                        ),
                    ],
                }
            )
            offer = None
