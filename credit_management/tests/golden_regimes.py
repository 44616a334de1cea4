"""The rules that the worked cases use: the regimes that are shipped.

A case names its regime; what the regime says is read from the database, as a charge
reads it. A few cases change one rule, such as the way to count days, and say which.
"""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class Shipped:
    """A regime of this addon, with the rules that a case changes.

    ``claims``: the kind of the company's claims.
    """

    name: str
    changes: tuple[tuple[str, object], ...] = ()
    claims: str = "general"

    @property
    def code(self):
        """What tells this regime and its changes from others in a failure."""
        changes = [str(value) for _rule, value in self.changes]
        if self.claims != "general":
            changes.append(self.claims)
        return "_".join([self.name, *changes])

    def rules(self, env):
        """:rtype: engine.regime.Regime"""
        regime = env.ref(f"credit_management.regime_{self.name}")
        env.company.credit_claim_kind = self.claims
        # Of its own currency: nothing is converted, and the day doesn't matter.
        shipped = regime._to_engine(regime.currency_id, env.company, date(2026, 11, 24))
        return replace(shipped, **dict(self.changes))


def shipped(name, claims="general", **changes):
    """A :class:`Shipped` regime; its changes are given by name."""
    return Shipped(name, tuple(changes.items()), claims)


FR_BUSINESS, FR_CONSUMER = shipped("fr_business"), shipped("fr_consumer")
FR_PUBLIC = shipped("fr_public")
BE_BUSINESS, BE_CONSUMER = shipped("be_business"), shipped("be_consumer_2023")
BE_CONSUMER_PERIODIC = shipped("be_consumer_2023", claims="periodic")
BE_CONSUMER_BEFORE = shipped("be_consumer")
NL_BUSINESS, NL_CONSUMER = shipped("nl_business"), shipped("nl_consumer")
DE_BUSINESS, DE_CONSUMER = shipped("de_business"), shipped("de_consumer")
GB_BUSINESS, GB_CONSUMER = shipped("gb_business"), shipped("gb_consumer")
LU_BUSINESS, LU_CONSUMER = shipped("lu_business"), shipped("lu_consumer")
ES_BUSINESS, ES_CONSUMER = shipped("es_business"), shipped("es_consumer")
IT_BUSINESS, IT_CONSUMER = shipped("it_business"), shipped("it_consumer")
PT_OTHER = shipped("pt_other")
PT_BUSINESS, PT_CONSUMER = shipped("pt_business"), shipped("pt_consumer")
AT_BUSINESS, AT_CONSUMER = shipped("at_business"), shipped("at_consumer")
CH_BUSINESS, CH_CONSUMER = shipped("ch_business"), shipped("ch_consumer")
EU_BUSINESS = shipped("eu_business")
#: Where a country of the union has no rules for public bodies of its own.
EU_PUBLIC = shipped("eu_business", kind="public")
NO_CHARGES = shipped("none_consumer")
NO_CHARGES_PUBLIC = shipped("none_public")
# Other ways to count days.
DE_MONTHS = shipped("de_business", day_count="30e/360")
CH_MONTHS = shipped("ch_consumer", day_count="30e/360")
CH_BANK = shipped("ch_business", day_count="act/360")
ES_ACTUAL = shipped("es_business", day_count="act/act")

#: What an unknown debtor of a country gets is what a consumer gets.
BY_KIND = {
    "FR": {"business": FR_BUSINESS, "consumer": FR_CONSUMER},
    "BE": {"business": BE_BUSINESS, "consumer": BE_CONSUMER},
    "DE": {"business": DE_BUSINESS, "consumer": DE_CONSUMER},
    "NL": {"business": NL_BUSINESS, "consumer": NL_CONSUMER},
    "GB": {"business": GB_BUSINESS, "consumer": GB_CONSUMER},
}
