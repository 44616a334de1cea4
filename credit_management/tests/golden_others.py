"""Worked cases: other countries, ways to count days, currencies."""

from dataclasses import replace
from decimal import Decimal

from ..engine.regime import Regime, Terms
from . import golden_regimes as rules
from .golden_case import case

DIRECTIVE = "directive 2011/7/EU: reference rate + 8, 40 for each late invoice"
LATE = ("2026-08-01", "2026-08-31")
FORMULA = "hand calculation"
PART_OF_EIGHT = (
    "1000.00 x 10.40 % x 10/365"
    " + (500.00 + 1000.00 x 10.40 % x 10/365) x 10.40 % x 20/365 = 5.71"
)
# Ten per cent and 365 days: 36,500 bear 10 a day.
TEN = Terms(rate=Decimal(10))
SAID = Terms(interest_mention=True)
PLAIN = Regime(code="eu_plain", interest_start="due", insolvency_stops=False)
HALF_EVEN = replace(PLAIN, code="eu_half_even", rounding="half_even")
DOWN = replace(PLAIN, code="eu_down", rounding="down")
NOTICE = Regime(
    code="eu_notice",
    kind="consumer",
    interest_start="notice",
    rate_series="CH_DEFAULT",
    suspension_max_days=30,
)

# fmt: off
CASES = [
    case("Luxembourg, business", rules.LU_BUSINESS, "1000.00", *LATE,
         "law of 18 April 2004", interest="1000.00 x 10.40 % x 30/365 = 8.55",
         indemnity="40.00"),
    case("Luxembourg, consumer in the first three months", rules.LU_CONSUMER,
         "1000.00", "2026-04-30", "2026-07-30", "art. 12, law of 18 April 2004",
         terms=SAID, interest="waiting until 2026-07-30", indemnity="forbidden"),
    case("Luxembourg, consumer after three months", rules.LU_CONSUMER,
         "1000.00", "2026-04-30", "2026-08-29", "art. 12, law of 18 April 2004",
         terms=SAID, interest="1000.00 x 3.75 % x 30/365 = 3.08"),
    case("Luxembourg, consumer, invoice without a word of it", rules.LU_CONSUMER,
         "1000.00", "2026-04-30", "2026-08-29", "art. 12, law of 18 April 2004",
         interest="no_terms"),
    case("Luxembourg, three months from 30 November", rules.LU_CONSUMER, "1000.00",
         "2025-11-30", "2026-03-10", "months end on their last day",
         terms=SAID, interest="1000.00 x 3.75 % x 10/365 = 1.03"),
    case("Luxembourg, consumer, 2027 is missing", rules.LU_CONSUMER, "1000.00",
         "2026-04-30", "2027-01-01", "yearly regulation",
         terms=SAID, interest="rate_missing: 2027"),
    case("Spain, business", rules.ES_BUSINESS, "1000.00", *LATE, "art. 7 Ley 3/2004",
         interest="1000.00 x 10.40 % x 30/365 = 8.55", indemnity="40.00"),
    case("Spain, consumer", rules.ES_CONSUMER, "1000.00", *LATE, "1108 CC",
         notice="2026-08-11", interest="1000.00 x 3.25 % x 20/365 = 1.78"),
    case("Italy, business", rules.IT_BUSINESS, "1000.00", "2026-01-31", "2026-03-02",
         "D.Lgs. 231/2002", interest="1000.00 x (2.15 % + 8 %) x 30/365 = 8.34",
         indemnity="40.00"),
    case("Italy, consumer over the new year", rules.IT_CONSUMER, "1000.00",
         "2025-11-01", "2026-01-31", "1284 CC", notice="2025-12-01",
         interest="1000.00 x 2.00 % x 30/365 + 1000.00 x 1.60 % x 31/365 = 3.00"),
    case("Portugal, business, first half", rules.PT_BUSINESS, "1000.00", "2026-01-31",
         "2026-03-02", "DL 62/2013", interest="1000.00 x 10.15 % x 30/365 = 8.34",
         indemnity="40.00"),
    case("Portugal, other commercial claims", rules.PT_OTHER, "1000.00", "2026-01-31",
         "2026-03-02", "102 C. com.", interest="1000.00 x 9.15 % x 30/365 = 7.52",
         indemnity="forbidden"),
    case("Portugal, consumer", rules.PT_CONSUMER, "1000.00", *LATE, "559 CC",
         notice="2026-08-01", interest="1000.00 x 4.00 % x 30/365 = 3.29"),
    case("Austria, business", rules.AT_BUSINESS, "1000.00", *LATE, "§§ 456, 458 UGB",
         interest="1000.00 x 10.73 % x 30/365 = 8.82", indemnity="40.00"),
    case("Austria, consumer", rules.AT_CONSUMER, "1000.00", *LATE, "§ 1000(1) ABGB",
         notice="2026-08-11", interest="1000.00 x 4.00 % x 20/365 = 2.19",
         indemnity="forbidden"),
    case("Switzerland, business before the notice", rules.CH_BUSINESS, "1000.00",
         *LATE, "102 and 104(1) OR", interest="notice", indemnity="forbidden"),
    case("Switzerland, business", rules.CH_BUSINESS, "1000.00", "2026-07-01",
         "2026-08-31", "104(1) OR", notice="2026-08-01",
         interest="1000.00 x 5.00 % x 30/365 = 4.11"),
    case("Switzerland, business, a leap year of 366 days", rules.CH_BUSINESS,
         "1000.00", "2023-11-30", "2024-12-31", "104(1) OR", notice="2023-12-31",
         interest="1000.00 x 5.00 % x 366/365 = 50.14"),
    case("Switzerland, 360 days", rules.CH_BANK, "1000.00", "2026-07-01",
         "2026-08-31", "days of a year of 360", notice="2026-08-01",
         interest="1000.00 x 5.00 % x 30/360 = 4.17"),
    case("Switzerland, 360 days, a leap year of 366", rules.CH_BANK, "1000.00",
         "2023-11-30", "2024-12-31", "days of a year of 360", notice="2023-12-31",
         interest="1000.00 x 5.00 % x 366/360 = 50.83"),
    case("Switzerland, consumer", rules.CH_CONSUMER, "1000.00", "2026-01-01",
         "2026-12-31", "104(1) OR", notice="2026-01-31",
         interest="1000.00 x 5.00 % x 334/365 = 45.75"),
    case("Switzerland, notice needed", rules.CH_CONSUMER, "1000.00", *LATE,
         "104(1) OR", interest="notice"),
    case("Switzerland, months of 30 days", rules.CH_MONTHS, "1000.00",
         "2026-01-01", "2026-12-31", "104(1) OR", notice="2026-01-31",
         interest="1000.00 x 5.00 % x 330/360 = 45.83"),
    # Part payments: 500 on the tenth day of thirty
    *(
        case(f"{country}, part payment, interest first", regime, "1000.00", *LATE,
             source, payments=("2026-08-11 500.00",), interest=written)
        for country, regime, source, written in (
            ("Luxembourg", rules.LU_BUSINESS, "1254 C. civ.", PART_OF_EIGHT),
            ("Spain", rules.ES_BUSINESS, "1173 CC", PART_OF_EIGHT),
            ("Italy", rules.IT_BUSINESS, "1194 CC", PART_OF_EIGHT),
            ("Portugal", rules.PT_BUSINESS, "785 CC", PART_OF_EIGHT),
            ("Austria", rules.AT_BUSINESS, "§ 1416 ABGB",
             "1000.00 x 10.73 % x 10/365"
             " + (500.00 + 1000.00 x 10.73 % x 10/365) x 10.73 % x 20/365 = 5.90"),
        )
    ),
    case("European Union, part payment, principal first", rules.EU_BUSINESS,
         "1000.00", *LATE, "the directive says nothing",
         payments=("2026-08-11 500.00",),
         interest="1000.00 x 10.40 % x 10/365 + 500.00 x 10.40 % x 20/365 = 5.70"),
    case("European Union", rules.EU_BUSINESS, "1000.00", *LATE, DIRECTIVE,
         interest="1000.00 x (2.40 % + 8 %) x 30/365 = 8.55", indemnity="40.00"),
    case("European Union, split", rules.EU_BUSINESS, "1000.00", "2026-06-15",
         "2026-07-15", DIRECTIVE,
         interest="1000.00 x (2.15 % + 8 %) x 15/365"
         " + 1000.00 x (2.40 % + 8 %) x 15/365 = 8.45", lines=2),
    case("European Union, rate of the first half of 2027", rules.EU_BUSINESS,
         "1000.00", "2026-12-31", "2027-01-01", DIRECTIVE,
         interest="rate_missing: 2027-S1", indemnity="40.00"),
    case("a public body", rules.EU_PUBLIC, "1000.00", *LATE, DIRECTIVE,
         interest="1000.00 x (2.40 % + 8 %) x 30/365 = 8.55", indemnity="40.00"),
    case("not proven to be a public body", rules.EU_PUBLIC, "1000.00", *LATE, DIRECTIVE,
         proven=False, interest="unproven", indemnity="unproven"),
    case("no charges", rules.NO_CHARGES, "1000.00", *LATE, "no law known",
         terms=TEN, interest="unknown_law", indemnity="unknown_law",
         clause="unknown_law", cost="unknown_law", fee="unknown_law"),
    case("no charges: a public body", rules.NO_CHARGES_PUBLIC, "1000.00", *LATE,
         "no law known", terms=TEN, interest="unknown_law", indemnity="unknown_law"),
    # Ways to count days
    case("actual days of a year of 365", rules.ES_ACTUAL, "1000.00", "2022-12-31",
         "2023-12-31", "days of the year they are in",
         interest="1000.00 x 10.50 % x 181/365 + 1000.00 x 12.00 % x 184/365 = 112.56"),
    case("actual days of a year of 366", rules.ES_ACTUAL, "1000.00", "2023-12-31",
         "2024-12-31", "days of the year they are in",
         interest="1000.00 x 12.50 % x 182/366 + 1000.00 x 12.25 % x 184/366 = 123.74"),
    case("actual days across both", rules.ES_ACTUAL, "1000.00", "2023-12-01",
         "2024-01-31", "days of the year they are in",
         interest="1000.00 x 12.00 % x 30/365 + 1000.00 x 12.50 % x 31/366 = 20.45"),
    # What rounding does
    case("half a cent is a cent", PLAIN, "18.25", "2026-08-01", "2026-08-02", FORMULA,
         terms=TEN, interest="18.25 x 10 % x 1/365 = 0.01"),
    case("less than half a cent is none", PLAIN, "18.24", "2026-08-01", "2026-08-02",
         FORMULA, terms=TEN, interest="18.24 x 10 % x 1/365 = 0.00"),
    case("half a cent to the even cent, down", HALF_EVEN, "18.25", "2026-08-01",
         "2026-08-02", FORMULA, terms=TEN, interest="0.00"),
    case("half a cent to the even cent, up", HALF_EVEN, "54.75", "2026-08-01",
         "2026-08-02", FORMULA, terms=TEN, interest="54.75 x 10 % x 1/365 = 0.02"),
    case("more than half a cent", HALF_EVEN, "18.26", "2026-08-01", "2026-08-02",
         FORMULA, terms=TEN, interest="18.26 x 10 % x 1/365 = 0.01"),
    case("nine tenths of a cent, down", DOWN, "32.85", "2026-08-01", "2026-08-02",
         FORMULA, terms=TEN, interest="0.00"),
    case("a whole cent, down", DOWN, "36.50", "2026-08-01", "2026-08-02",
         FORMULA, terms=TEN, interest="36.50 x 10 % x 1/365 = 0.01"),
    case("rounded once, not line by line", PLAIN, "18.25", "2026-08-01", "2026-08-04",
         FORMULA, terms=TEN, payments=("2026-08-02 0.00", "2026-08-03 0.00"),
         interest="18.25 x 10 % x 3/365 = 0.02", lines=3),
    case("yen have no cents", PLAIN, "100000", *LATE, FORMULA, terms=TEN, decimals=0,
         interest="100000 x 10 % x 30/365 = 822"),
    case("dinars have three places", PLAIN, "100.000", *LATE, FORMULA, terms=TEN,
         decimals=3, interest="100.000 x 10 % x 30/365 = 0.822"),
    # Rates and time
    case("a rate with four places", PLAIN, "10000.00", *LATE, FORMULA,
         terms=Terms(rate=Decimal("3.1255")),
         interest="10000.00 x 3.1255 % x 30/365 = 25.69"),
    case("thirty years", PLAIN, "1000.00", "1996-01-01", "2026-01-01", FORMULA,
         terms=TEN, interest="1000.00 x 10 % x 10958/365 = 3002.19"),
    case("insolvency that stops nothing", PLAIN, "36500.00", *LATE, FORMULA, terms=TEN,
         insolvency="2026-08-11", interest="36500.00 x 10 % x 30/365 = 300.00"),
    case("suspended longer than allowed", NOTICE, "36500.00", "2026-06-01",
         "2026-08-31", "30 days in all", notice="2026-06-01",
         suspended=("2026-06-11 to 2026-08-09",),
         interest="36500.00 x 5 % x 61/365 = 305.00", lines=3),
    case("suspensions that overlap", NOTICE, "36500.00", "2026-06-01", "2026-08-31",
         "each day once", notice="2026-06-01",
         suspended=("2026-06-11 to 2026-06-20", "2026-06-15 to 2026-06-25"),
         interest="36500.00 x 5 % x 76/365 = 380.00", lines=3),
    case("suspended from before the notice", NOTICE, "36500.00", "2026-06-01",
         "2026-08-31", "30 days in all", notice="2026-08-01",
         # From 13 July on, 30 days end on 11 August.
         suspended=("2026-07-13 to 2026-08-31",),
         interest="36500.00 x 5 % x 20/365 = 100.00", lines=2),
]
