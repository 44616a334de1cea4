"""Until when items can be enforced: facts and acts."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_engine_charges import array_of

from ..engine import deadline, limitation
from .credit_limitation_rule import LOST, OF_EVENTS


class CreditLimitation(models.AbstractModel):
    """Until when items can be enforced, by the periods of their regimes.

    The period counts from the invoice, or from what was delivered before it. The kind
    of the claim is that of the invoice, of the categories of its products, of the
    company; unknown, the shortest period counts. The number of queries does not depend
    on the number of items.
    """

    _name = "credit.limitation"
    _description = "Limitation"

    # ------------------------------------------------------------------
    # Working out
    # ------------------------------------------------------------------

    @api.model
    def _limits(self, items, possible=False):
        """{item id: :class:`..engine.limitation.Limit`}, in few queries.

        What no period is known for is left out.

        :param bool possible: with the acts that may have interrupted, such as part
            payments; they never move the day
        """
        limits = {}
        for company, lines in items.sudo().grouped("company_id").items():
            limits.update(
                {
                    item_id: found
                    for item_id, _row, found in self._worked_out(
                        company, lines.ids, possible
                    )
                }
            )
        return limits

    @api.model
    def _first(self, items, limits):
        """When the first of some claims can be enforced no more.

        As on the list of limitation and on cases: what is not open any more, and what
        no period is known for, has no day.

        :param dict limits: see :meth:`_limits`
        :return: (the day or None, whether the kind of all claims is known)
        """
        known = [
            limits[item.id]
            for item in items
            if item.id in limits and not item.reconciled
        ]
        day = min((limit.day for limit in known), default=None)
        return day, all(limit.certain for limit in known)

    @api.model
    def _worked_out(self, company, item_ids, possible=False):
        """Limits of some items of a company: list of (id, facts, Limit)."""
        self.env.flush_all()
        facts = self.env["credit.engine"].sudo()._charge_facts(company, item_ids)
        starts = self._starts(item_ids)
        kinds = self._claim_kinds(company, item_ids)
        rules = self.env["credit.limitation.rule"]._by_country()
        acts = self._acts(
            company, item_ids, possible, payments=possible or _payments_count(rules)
        )
        find = self.env["credit.regime"]._resolver(company)
        own_kind = company.sudo().credit_limitation_kind or False
        periods, known, result = {}, {}, []
        for row in facts:
            regime = find(row["kind"], row["country_id"], row["due"], row["regime_id"])
            start = starts.get(row["id"], row["issued"])
            claim_kinds = kinds.get(row["id"], (own_kind,))
            own_acts = tuple(acts.get(row["id"], ()))
            key = (regime.id, start, claim_kinds, own_acts)
            if key not in known:
                of_regime = (regime.id, start)
                if of_regime not in periods:
                    periods[of_regime] = self._periods(regime, start)
                country = regime.country_id.id
                known[key] = limitation.limit(
                    periods[of_regime],
                    claim_kinds,
                    start,
                    [self._to_act(rules, country, *act) for act in own_acts],
                )
            if known[key]:
                result.append((row["id"], row, known[key]))
        return result

    @api.model
    def _to_act(self, rules, country_id, day, kind, until, model, record_id):
        """One row of :meth:`_acts` for the engine."""
        rule = kind and rules.get((country_id, kind))
        return self.env["credit.limitation.rule"]._to_act(
            rule, day, until, key=(kind, model, record_id)
        )

    @api.model
    def _periods(self, regime, day):
        """The periods of limitation that hold for a claim of ``day``."""
        return [
            limitation.Period(
                period.number,
                period.unit,
                period.claim_kind,
                start=period.limitation_start or "day",
                key=period.id,
            )
            for period in regime.period_ids
            if period.topic == "limitation"
            and (not period.date_from or period.date_from <= day)
            and (not period.date_to or day <= period.date_to)
        ]

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    @api.model
    def _starts(self, item_ids):
        """The earliest day from which the periods may run: {item id: day}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id, LEAST(move.delivery_date,
                                        COALESCE(move.invoice_date, aml.date))
                     FROM account_move_line aml
                     JOIN account_move move ON move.id = aml.move_id
                    WHERE aml.id = ANY(%s::int[])""",
                array_of(item_ids),
            )
        )
        return dict(rows)

    @api.model
    def _claim_kinds(self, company, item_ids):
        """The kinds of claims that items are of, where somebody said so.

        :return: {item id: tuple of kinds}; of an invoice with several kinds each of
            them, and False for a line whose kind nobody knows
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id, aml.move_id, move.credit_claim_kind
                     FROM account_move_line aml
                     JOIN account_move move ON move.id = aml.move_id
                    WHERE aml.id = ANY(%s::int[])""",
                array_of(item_ids),
            )
        )
        kinds = {item_id: (kind,) for item_id, _move, kind in rows if kind}
        categories = self.env["product.category"].sudo()._credit_claim_kinds()
        rest = {move for item_id, move, kind in rows if not kind}
        if not categories or not rest:
            return kinds
        default = company.sudo().credit_limitation_kind or False
        found = {
            move_id: tuple(
                sorted(
                    {categories.get(id_) or default for id_ in ids},
                    key=lambda kind: kind or "",
                )
            )
            for move_id, ids in self.env.execute_query(
                SQL(
                    """SELECT line.move_id, ARRAY_AGG(DISTINCT
                                                      COALESCE(template.categ_id, 0))
                         FROM account_move_line line
                         LEFT JOIN product_product product
                           ON product.id = line.product_id
                         LEFT JOIN product_template template
                           ON template.id = product.product_tmpl_id
                        WHERE line.move_id = ANY(%s::int[])
                          AND line.display_type = 'product'
                        GROUP BY line.move_id""",
                    array_of(rest),
                )
            )
        }
        for item_id, move_id, kind in rows:
            if not kind and move_id in found:
                kinds[item_id] = found[move_id]
        return kinds

    @api.model
    def _acts(self, company, item_ids, possible=False, payments=False):
        """What was done about items.

        :param bool possible: with letters that may be an act
        :param bool payments: with part payments
        :return: {item id: [(day, kind, last day or None, model, record id)]}
        """
        found = defaultdict(list)
        queries = [
            self._noted_acts_sql(company, item_ids),
            self._plan_acts_sql(company, item_ids),
            self._event_acts_sql(company, item_ids, possible),
        ]
        if payments:
            queries.append(self._payment_acts_sql(item_ids))
        rows = self.env.execute_query(
            SQL("%s ORDER BY 2, 1", SQL(" UNION ALL ").join(queries))
        )
        for item_id, day, kind, until, model, record_id in rows:
            found[item_id].append((day, kind, until, model, record_id))
        return found

    @api.model
    def _noted_acts_sql(self, company, item_ids):
        """Acts that somebody noted, for single items or all there were that day."""
        return SQL(
            """SELECT aml.id, act.date, act.kind::text, act.date_end,
                      'credit.limitation.act', act.id
                 FROM credit_limitation_act act
                 JOIN res_partner partner
                   ON partner.commercial_partner_id = act.partner_id
                 JOIN account_move_line aml ON aml.partner_id = partner.id
                WHERE act.active AND act.company_id = %(company)s
                  AND aml.company_id = %(company)s AND aml.id = ANY(%(ids)s::int[])
                  AND (EXISTS (SELECT FROM credit_limitation_act_item_rel rel
                                WHERE rel.act_id = act.id AND rel.item_id = aml.id)
                       OR aml.date <= act.date AND NOT EXISTS (
                            SELECT FROM credit_limitation_act_item_rel rel
                             WHERE rel.act_id = act.id))""",
            company=company.id,
            ids=array_of(item_ids),
        )

    @api.model
    def _plan_acts_sql(self, company, item_ids):
        """Acknowledgements of debt that came with a payment plan."""
        return SQL(
            """SELECT rel.item_id,
                      (plan.accepted_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)
                          ::date,
                      'acknowledgement', NULL::date, 'credit.plan', plan.id
                 FROM credit_plan plan
                 JOIN credit_plan_item_rel rel ON rel.plan_id = plan.id
                WHERE plan.accepted_date IS NOT NULL AND plan.company_id = %(company)s
                  AND rel.item_id = ANY(%(ids)s::int[])""",
            zone=company.sudo().credit_tz or "UTC",
            company=company.id,
            ids=array_of(item_ids),
        )

    @api.model
    def _event_acts_sql(self, company, item_ids, possible):
        """What the timelines of cases tell of their items.

        What an act of a procedure is to limitation stands on the act: a demand may be
        served as well, and a court may refuse. A title counts on the day from which it
        can be enforced, also where nothing but time has made it one. Acts of a
        procedure that was lost by a deadline move nothing: an order that is served too
        late is void (France, article 1411 CPC).

        A letter of a lawyer or a bailiff may be a formal notice that interrupts. Only
        the act that somebody notes with its proof counts as one.
        """
        kinds = {kind: act for kind, act in OF_EVENTS.items()}
        if possible:
            kinds["letter"] = ""
        return SQL(
            """SELECT line.move_line_id, event.date, NULLIF(told.act, ''), NULL::date,
                      'credit.case.event', event.id
                 FROM credit_case_event event
                 JOIN credit_case opened ON opened.id = event.case_id
                 JOIN credit_case_line line ON line.case_id = event.case_id
                 LEFT JOIN (VALUES %(kinds)s) known (kind, act)
                   ON known.kind = event.kind
                 LEFT JOIN credit_procedure_stage stage
                   ON stage.id = event.procedure_stage_id
                 LEFT JOIN res_partner party ON party.id = opened.party_id
                CROSS JOIN LATERAL (
                      SELECT CASE
                          WHEN stage.limitation_act = 'none' THEN NULL
                          WHEN stage.procedure_id = opened.procedure_id
                               AND opened.procedure_outcome = %(void)s
                          THEN %(lost)s
                          WHEN stage.limitation_act IS NOT NULL
                          THEN stage.limitation_act
                          WHEN stage.outcome = 'ended' THEN NULL
                          WHEN stage.outcome = 'title' THEN 'judgment'
                          ELSE known.act END AS act) told
                WHERE event.company_id = %(company)s AND opened.state <> 'draft'
                  AND event.active AND told.act IS NOT NULL
                  AND line.move_line_id = ANY(%(ids)s::int[])
                  AND (line.date_withdrawn IS NULL
                       OR event.date <= line.date_withdrawn)
                  AND (event.kind <> 'letter' OR event.origin IN ('party', 'feed')
                       AND party.credit_party_role IN ('lawyer', 'bailiff'))
            UNION ALL
               SELECT line.move_line_id, opened.title_date, 'judgment', NULL,
                      'credit.case', opened.id
                 FROM credit_case opened
                 JOIN credit_case_line line ON line.case_id = opened.id
                WHERE opened.company_id = %(company)s AND opened.state <> 'draft'
                  AND opened.procedure_outcome = %(title)s
                  AND line.move_line_id = ANY(%(ids)s::int[])
                  AND (line.date_withdrawn IS NULL
                       OR opened.title_date <= line.date_withdrawn)
                  -- An act that gives the title tells of it by itself.
                  AND NOT EXISTS (
                      SELECT FROM credit_case_event event
                        JOIN credit_procedure_stage stage
                          ON stage.id = event.procedure_stage_id
                       WHERE event.case_id = opened.id AND event.active
                         AND stage.outcome = 'title'
                         AND event.date = opened.title_date)""",
            kinds=SQL(", ").join(
                SQL("(%s, %s)", kind, act) for kind, act in kinds.items()
            ),
            lost=LOST,
            void=deadline.VOID,
            title=deadline.TITLE,
            company=company.id,
            ids=array_of(item_ids),
        )

    @api.model
    def _payment_acts_sql(self, item_ids):
        """Part payments in the books; credit notes are none."""
        return SQL(
            """SELECT part.debit_move_id, other.date, 'part_payment', NULL::date,
                      'account.move', move.id
                 FROM account_partial_reconcile part
                 JOIN account_move_line other ON other.id = part.credit_move_id
                 JOIN account_move move ON move.id = other.move_id
                WHERE part.debit_move_id = ANY(%s::int[])
                  AND move.move_type <> 'out_refund'""",
            array_of(item_ids),
        )


def _payments_count(rules):
    """Whether a part payment moves the day somewhere: the shipped rules never let it.

    :param dict rules: {(country id, act): rule}
    """
    return any(
        act == "part_payment"
        and rule.effect not in (limitation.POSSIBLE, limitation.NONE)
        for (_country, act), rule in rules.items()
    )
