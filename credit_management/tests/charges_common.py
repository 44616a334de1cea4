"""Regimes and rates of the tests' own: figures that are easy to reckon with."""

from odoo.fields import Command

from .common import TODAY, CreditCommon, days_ago

#: A number that the French registry of companies could give.
SIREN = "732829320"

EMAIL_1 = {
    "name": "First reminder",
    "delay_days": 5,
    "automation": "automatic",
}
CHARGED_2 = {
    "name": "Second reminder",
    "delay_days": 20,
    "automation": "automatic",
    "charge_interest": True,
    "charge_indemnity": True,
}
FREE_1 = {
    "name": "Free first reminder",
    "delay_days": 3,
    "automation": "automatic",
    "legally_required": True,
    "deadline_days": 14,
}
CONSUMER_2 = {
    "name": "Second reminder",
    "trigger": "previous",
    "delay_days": 5,
    "automation": "automatic",
    "charge_interest": True,
    "charge_clause": True,
    "charge_fee": True,
}


class ChargesCommon(CreditCommon):
    """Two countries, each with a regime for businesses and one for consumers.

    Businesses pay 10 % from the due date and 40 euros; consumers of the first country
    (France) 5 % after a free first reminder and a clause by scale.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.regime"].search([]).active = False
        cls.env["credit.terms"].search([]).active = False
        cls.make_series("TEST_TEN", {"2020-01-01": 10.0})
        cls.make_series("TEST_FIVE", {"2020-01-01": 5.0})
        cls.business = cls.make_regime(
            "business",
            name="Business in France",
            interest_start="due",
            rate_series="TEST_TEN",
            allocation="interest",
            indemnity_rule="fixed",
            indemnity_amount=40.0,
            basis={"interest": "art. 1", "indemnity": "art. 2", "fee": "art. 3"},
        )
        cls.consumer = cls.make_regime(
            "consumer",
            name="Consumer in France",
            interest_start="reminder",
            rate_series="TEST_FIVE",
            clause_rule="scale",
            clause_max=100.0,
            fee_rule="capped",
            fee_max=7.5,
            fee_free_count=1,
            first_reminder_required=True,
            wait_days=14,
            basis={"wait": "art. 4", "clause": "art. 5"},
            scale_ids=[
                Command.create({"charge": "clause", "above": 0, "fixed": 20}),
                Command.create(
                    {"charge": "clause", "above": 150, "fixed": 30, "percent": 10}
                ),
            ],
        )
        cls.american = cls.make_regime(
            "business",
            name="Business in America",
            country="base.us",
            interest_start="due",
            rate_series="TEST_FIVE",
            basis={"interest": "s. 1"},
        )
        cls.debtor.company_registry = SIREN
        cls.debtor_b.credit_kind = "consumer"

    @classmethod
    def make_series(cls, code, rates, frequency="change", **values):
        series = cls.env["credit.rate.series"].create(
            {"code": code, "name": code, "frequency": frequency, **values}
        )
        cls.env["credit.rate"].create(
            [
                {"series": code, "valid_from": day, "rate": rate}
                for day, rate in rates.items()
            ]
        )
        return series

    @classmethod
    def make_regime(cls, kind, country="base.fr", basis=None, **values):
        record = cls.env.ref(country)
        return cls.env["credit.regime"].create(
            {
                "name": f"{record.name}, {kind}",
                "code": f"test_{record.code.lower()}_{kind}",
                "country_id": record.id,
                "kind": kind,
                "currency_id": cls.euro.id,
                "basis_ids": [
                    Command.create(
                        {"topic": topic, "article": article, "confidence": "text"}
                    )
                    for topic, article in (basis or {}).items()
                ],
                **values,
            }
        )

    @classmethod
    def make_terms(cls, kind="consumer", **values):
        return cls.env["credit.terms"].create(
            {
                "name": "Terms",
                "company_id": cls.company.id,
                "kind": kind,
                "date_from": "2020-01-01",
                **values,
            }
        )

    @classmethod
    def make_charge(cls, kind, amount, move=None, **values):
        """A charge that a reminder claimed, by default on ``cls.move``."""
        move = move or cls.move
        if kind == "interest":
            values.setdefault("date_from", days_ago(24))
            values.setdefault("date_to", TODAY)
        return (
            cls.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": move.company_id.id,
                    "partner_id": move.commercial_partner_id.id,
                    "currency_id": move.currency_id.id,
                    "kind": kind,
                    "amount": amount,
                    "date": TODAY,
                    "move_line_id": cls.items(move).id,
                    "invoice_id": move.id,
                    **values,
                }
            )
        )
