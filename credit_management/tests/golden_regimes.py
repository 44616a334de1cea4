"""The rules that the worked cases use, written down for these tests alone."""

from decimal import Decimal

from ..engine.regime import CHARGES, CLAUSE, COST, FEE, Regime, Scale, Tier

FORTY = Scale((Tier(0, 40_00),))
NO_CAP = Scale()

FR_BUSINESS = Regime(
    code="fr_business",
    interest_start="due",
    interest_article="L441-10 II C. com.",
    rate_series="FR_B2B_DEFAULT",
    floor_series="FR_B2B_FLOOR_3X_LEGAL",
    contract_compounding_allowed=True,
    allocation="interest",
    indemnity=FORTY,
    indemnity_article="D441-5 C. com.",
    clause=NO_CAP,
    clause_article="1231-5 C. civ.",
    insolvency_article="L622-28 C. com.",
    cost_article="L111-8 CPCE",
    fee_article="L111-8 CPCE",
)
FR_CONSUMER = Regime(
    code="fr_consumer",
    kind="consumer",
    interest_start="notice",
    interest_article="1231-6 C. civ.",
    rate_series="FR_LEGAL_PRO_CREDITOR",
    contract_rate_allowed=False,
    allocation="interest",
    indemnity_article="L441-10 C. com.",
    cost_article="L121-21 C. conso.",
    fee_article="L121-21 C. conso.",
)
BE_BUSINESS = Regime(
    code="be_business",
    interest_start="due",
    interest_article="art. 5, loi 2.8.2002",
    rate_series="BE_COMMERCIAL",
    allocation="interest",
    indemnity=FORTY,
    indemnity_article="art. 6, loi 2.8.2002",
    clause=NO_CAP,
    clause_article="art. 5.88 C. civ.",
)
BE_CLAUSE = Scale(
    (
        Tier(0, 20_00),
        Tier(150_00, 30_00, Decimal(10)),
        Tier(500_00, 65_00, Decimal(5)),
    ),
    maximum=2000_00,
)
BE_CONSUMER = Regime(
    code="be_consumer",
    kind="consumer",
    interest_start="reminder",
    interest_article="art. XIX.4, 1° CDE",
    rate_series="BE_LEGAL",
    cap_series="BE_COMMERCIAL",
    allocation="interest",
    suspension_max_days=45,
    indemnity_article="art. XIX.4 CDE",
    clause=BE_CLAUSE,
    clause_article="art. XIX.4, 2° CDE",
    fee_max=7_50,
    fee_free_count=3,
    fee_article="art. XIX.2 CDE",
    first_reminder_required=True,
    held_back=frozenset(CHARGES),
    wait_days=14,
    wait_post_offset=3,
    wait_post_unit="working",
    wait_article="art. XIX.2 CDE",
)
WIK = Scale(
    (
        Tier(0, percent=Decimal(15)),
        Tier(2500_00, percent=Decimal(10)),
        Tier(5000_00, percent=Decimal(5)),
        Tier(10_000_00, percent=Decimal(1)),
        Tier(200_000_00, percent=Decimal("0.5")),
    ),
    cumulative=True,
    minimum=40_00,
    maximum=6775_00,
)
NL_BUSINESS = Regime(
    code="nl_business",
    interest_start="due",
    interest_article="6:119a BW",
    rate_series="NL_COMMERCIAL",
    compounding="yearly",
    allocation="interest",
    cost=WIK,
    cost_article="6:96 BW",
)
NL_CONSUMER = Regime(
    code="nl_consumer",
    kind="consumer",
    interest_start="due",
    interest_article="6:119 BW",
    rate_series="NL_LEGAL",
    compounding="yearly",
    allocation="interest",
    cost=WIK,
    cost_article="6:96 BW",
    first_reminder_required=True,
    held_back=frozenset({COST, FEE, CLAUSE}),
    wait_days=14,
    wait_post_offset=2,
    wait_post_unit="delivery",
    wait_margin_days=7,
    wait_article="6:96(6) BW",
)
DE_BUSINESS = Regime(
    code="de_business",
    interest_start="due",
    interest_article="§ 288(2) BGB",
    rate_series="DE_B2B",
    allocation="interest",
    compounding_article="§ 289 BGB",
    indemnity=FORTY,
    indemnity_article="§ 288(5) BGB",
)
DE_CONSUMER = Regime(
    code="de_consumer",
    kind="consumer",
    interest_start="notice",
    interest_article="§ 288(1) BGB",
    rate_series="DE_B2C",
    allocation="interest",
    indemnity_article="§ 288(5) BGB",
    fee_max=2_50,
    fee_free_count=1,
    fee_article="§ 286 BGB",
)
DE_MONTHS = Regime(
    code="de_months",
    interest_start="due",
    rate_series="DE_B2B",
    day_count="30e/360",
    allocation="interest",
)
GB_BUSINESS = Regime(
    code="gb_business",
    interest_start="due",
    interest_article="s. 4 LPCDA 1998",
    rate_series="UK_LATE_PAYMENT_B2B",
    indemnity=Scale((Tier(0, 40_00), Tier(999_99, 70_00), Tier(9999_99, 100_00))),
    indemnity_article="s. 5A LPCDA 1998",
)
GB_CONSUMER = Regime(
    code="gb_consumer",
    kind="consumer",
    interest_start="due",
    interest_article="contract",
    interest_by_contract_only=True,
    indemnity_article="s. 5A LPCDA 1998",
)


def directive(country, series, article):
    """The rules of directive 2011/7 as a country took them over."""
    return Regime(
        code=f"{country}_business",
        interest_start="due",
        interest_article=article,
        rate_series=series,
        indemnity=FORTY,
        indemnity_article=article,
    )


LU_BUSINESS = directive("lu", "LU_COMMERCIAL", "art. 3, loi 18.4.2004")
ES_BUSINESS = directive("es", "ES_COMMERCIAL", "art. 7 Ley 3/2004")
IT_BUSINESS = directive("it", "IT_COMMERCIAL", "art. 5 D.Lgs. 231/2002")
PT_BUSINESS = directive("pt", "PT_COMMERCIAL_DL62", "DL 62/2013")
AT_BUSINESS = directive("at", "AT_B2B", "§ 456 UGB")
EU_BUSINESS = Regime(
    code="eu_business",
    interest_start="due",
    interest_article="art. 3, directive 2011/7/EU",
    rate_series="ECB_REF_SEMESTER",
    rate_margin=Decimal(8),
    indemnity=FORTY,
    indemnity_article="art. 6, directive 2011/7/EU",
)
LU_CONSUMER = Regime(
    code="lu_consumer",
    kind="consumer",
    interest_start="months",
    interest_months=3,
    interest_article="art. 12, loi 18.4.2004",
    rate_series="LU_LEGAL",
)


def civil(country, series, article, **values):
    """Interest of civil law, from a formal notice."""
    return Regime(
        code=f"{country}_consumer",
        kind="consumer",
        interest_start="notice",
        interest_article=article,
        rate_series=series,
        **values,
    )


ES_CONSUMER = civil("es", "ES_LEGAL", "1108 CC")
IT_CONSUMER = civil("it", "IT_LEGAL", "1284 CC")
PT_CONSUMER = civil("pt", "PT_LEGAL_CIVIL", "559 CC")
AT_CONSUMER = civil("at", "AT_B2C", "§ 1000(1) ABGB")
CH_CONSUMER = civil("ch", "CH_DEFAULT", "104(1) OR", day_count="30e/360")
CH_BUSINESS = Regime(
    code="ch_business",
    interest_start="due",
    interest_article="104(1) OR",
    rate_series="CH_DEFAULT",
    day_count="act/360",
)
ACTUAL = Regime(
    code="es_actual",
    interest_start="due",
    rate_series="ES_COMMERCIAL",
    day_count="act/act",
)
NO_CHARGES = Regime(code="none", kind="consumer")

#: What an unknown debtor of a country gets is what a consumer gets.
BY_KIND = {
    "FR": {"business": FR_BUSINESS, "consumer": FR_CONSUMER},
    "BE": {"business": BE_BUSINESS, "consumer": BE_CONSUMER},
    "DE": {"business": DE_BUSINESS, "consumer": DE_CONSUMER},
    "NL": {"business": NL_BUSINESS, "consumer": NL_CONSUMER},
    "GB": {"business": GB_BUSINESS, "consumer": GB_CONSUMER},
}
