"""Worked cases: France."""

from decimal import Decimal

from ..engine.regime import Scale, Terms, Tier
from .golden_case import case
from .golden_regimes import FR_BUSINESS as B
from .golden_regimes import FR_CONSUMER as C
from .golden_regimes import FR_PUBLIC as P

RATE = "L441-10 II C. com.: central bank rate of the half-year + 10"
SUM = "D441-5 C. com.: 40 per late invoice"
FLOOR = "L441-10 II C. com.: no less than three times the legal rate"
ORDER = "1343-1 C. civ.: interest first, then principal"
CHOICE = "1342-10 C. civ.: the debtor chose"
STOP = "L622-28 and L441-10 II, last sentence, C. com."
NOTICE = "1231-6 and 1344-1 C. civ.: from the formal notice, at the legal rate"
NO_COSTS = "L111-8 CPCE, L121-21 C. conso.: costs stay with the creditor"
YEAR = "1343-2 C. civ.: interest due for a full year, if agreed"
PUBLIC = "R2192-31 C. commande publique: reference rate of the half-year + 8"
PUBLIC_SUM = "D2192-35 C. commande publique: 40 per late payment"
PUBLIC_NONE = "L2192-14 C. commande publique: no clause beside the penalties of the law"
PROOF = "a debtor of unknown kind is a consumer"


def terms(rate=None, **values):
    return Terms(rate=rate and Decimal(rate), **values)


FIFTEEN = Scale((Tier(0, percent=Decimal(15)),))

# fmt: off
CASES = [
    case("30 days in one half-year", B, "1000.00", "2026-08-01", "2026-08-31", RATE,
         interest="1000.00 x 12.40 % x 30/365 = 10.19", lines=1),
    case("on the due date nothing is late", B, "1000.00", "2026-08-01", "2026-08-01",
         RATE, interest="not_late", indemnity="not_late"),
    case("before the due date", B, "1000.00", "2026-08-01", "2026-07-01",
         RATE, interest="not_late", indemnity="not_late"),
    case("the day after the due date", B, "1000.00", "2026-08-01", "2026-08-02", SUM,
         interest="1000.00 x 12.40 % x 1/365 = 0.34", indemnity="40.00"),
    case("split at the half-year", B, "1000.00", "2026-06-15", "2026-07-15", RATE,
         interest="1000.00 x 12.15 % x 15/365 + 1000.00 x 12.40 % x 15/365 = 10.09",
         lines=2),
    case("two half-years of one rate are two lines", B, "1000.00", "2025-12-01",
         "2026-01-31", RATE,
         interest="1000.00 x 12.15 % x 30/365 + 1000.00 x 12.15 % x 31/365 = 20.31",
         lines=2),
    case("over a leap day", B, "1000.00", "2024-02-15", "2024-03-15", RATE,
         interest="1000.00 x 14.50 % x 29/365 = 11.52"),
    case("a leap year has 366 days of a 365th", B, "10000.00", "2023-12-31",
         "2024-12-31", RATE,
         interest="10000.00 x (14.50 % x 182 + 14.25 % x 184) / 365 = 1441.37"),
    case("four years and nine half-years", B, "5000.00", "2022-07-01", "2026-07-01",
         RATE,
         interest="5000.00 x (10.00 % x 183 + 12.50 % x 181 + 14.00 % x 184"
         " + 14.50 % x 182 + 14.25 % x 184 + 13.15 % x 181 + 12.15 % x 184"
         " + 12.15 % x 181 + 12.40 % x 1) / 365 = 2569.42", lines=9),
    case("a cent", B, "0.01", "2026-08-01", "2026-08-31", RATE,
         interest="0.01 x 12.40 % x 30/365 = 0.00", indemnity="40.00"),
    case("a large claim", B, "12345678.90", "2026-07-31", "2026-09-29", RATE,
         interest="12345678.90 x 12.40 % x 60/365 = 251648.91"),
    # Payments
    case("paid on the due date", B, "1000.00", "2026-08-01", "2026-08-31", SUM,
         payments=("2026-08-01 1000.00",), interest="not_late", indemnity="not_late"),
    case("a part paid on the due date", B, "1000.00", "2026-08-01", "2026-08-31", RATE,
         payments=("2026-08-01 400.00",),
         interest="600.00 x 12.40 % x 30/365 = 6.12", indemnity="40.00"),
    case("paid a day late", B, "1000.00", "2026-08-01", "2026-08-31", SUM,
         payments=("2026-08-02 1000.00",),
         interest="1000.00 x 12.40 % x 1/365 = 0.34", indemnity="40.00"),
    case("paid before the due date", B, "1000.00", "2026-08-01", "2026-08-31", RATE,
         payments=("2026-07-01 250.00",), interest="750.00 x 12.40 % x 30/365 = 7.64"),
    case("part payment, interest first", B, "1000.00", "2026-08-01", "2026-08-31",
         ORDER, payments=("2026-08-11 500.00",),
         interest="1000.00 x 12.40 % x 10/365"
         " + (500.00 + 1000.00 x 12.40 % x 10/365) x 12.40 % x 20/365 = 6.82", lines=2),
    case("part payment, the debtor chose principal", B, "1000.00", "2026-08-01",
         "2026-08-31", CHOICE, payments=("2026-08-11 500.00 to principal",),
         interest="1000.00 x 12.40 % x 10/365 + 500.00 x 12.40 % x 20/365 = 6.79"),
    case("part payment below the interest leaves the principal", B, "100000.00",
         "2026-01-31", "2026-06-30", ORDER, payments=("2026-03-01 100.00",),
         interest="100000.00 x 12.15 % x 150/365 = 4993.15"),
    case("two part payments over the half-year", B, "8000.00", "2026-05-31",
         "2026-08-29", ORDER,
         payments=("2026-06-30 3000.00", "2026-07-30 2000.00"),
         # 30 days, 30 days, 30 days
         interest="8000.00 x 12.15 % x 30/365"
         " + (5000.00 + 8000.00 x 12.15 % x 30/365) x 12.40 % x 30/365"
         " + (3000.00 + 8000.00 x 12.15 % x 30/365"
         " + (5000.00 + 8000.00 x 12.15 % x 30/365) x 12.40 % x 30/365)"
         " x 12.40 % x 30/365 = 163.58", lines=3),
    case("two payments of one day are one", B, "1000.00", "2026-08-01", "2026-08-31",
         ORDER, payments=("2026-08-11 300.00", "2026-08-11 200.00"),
         interest="1000.00 x 12.40 % x 10/365"
         " + (500.00 + 1000.00 x 12.40 % x 10/365) x 12.40 % x 20/365 = 6.82"),
    case("paid more than owed", B, "1000.00", "2026-08-01", "2026-08-31", ORDER,
         payments=("2026-08-11 5000.00",),
         interest="1000.00 x 12.40 % x 10/365 = 3.40"),
    case("a payment after the day does not count", B, "1000.00", "2026-08-01",
         "2026-08-31", RATE, payments=("2026-09-01 1000.00",),
         interest="1000.00 x 12.40 % x 30/365 = 10.19"),
    case("a direct debit that came back", B, "1000.00", "2026-08-01", "2026-08-31",
         ORDER, payments=("2026-08-01 1000.00", "2026-08-11 -1000.00"),
         interest="1000.00 x 12.40 % x 20/365 = 6.79", indemnity="40.00"),
    case("a credit note reduces the principal", B, "1000.00", "2026-08-01",
         "2026-08-31", "a credit note is no payment",
         payments=("credit 2026-08-11 200.00",),
         interest="1000.00 x 12.40 % x 10/365 + 800.00 x 12.40 % x 20/365 = 8.83",
         indemnity="40.00"),
    case("a credit note counted from the due date", B, "1000.00", "2026-08-01",
         "2026-08-31", "by choice of the company",
         payments=("credit 2026-08-01 200.00",),
         interest="800.00 x 12.40 % x 30/365 = 8.15"),
    case("a credit note and a payment of one day", B, "1000.00", "2026-08-01",
         "2026-08-31", ORDER,
         payments=("2026-08-11 300.00", "credit 2026-08-11 200.00"),
         interest="1000.00 x 12.40 % x 10/365"
         " + (500.00 + 1000.00 x 12.40 % x 10/365) x 12.40 % x 20/365 = 6.82"),
    case("a credit note over all leaves no late invoice", B, "1000.00", "2026-08-01",
         "2026-08-31", SUM, payments=("credit 2026-08-11 1000.00",),
         interest="1000.00 x 12.40 % x 10/365 = 3.40", indemnity="not_late"),
    # Insolvency
    case("insolvency stops interest", B, "1000.00", "2026-08-01", "2026-08-31", STOP,
         insolvency="2026-08-21", interest="1000.00 x 12.40 % x 19/365 = 6.45",
         indemnity="40.00"),
    case("due after the opening", B, "1000.00", "2026-08-01", "2026-08-31", STOP,
         insolvency="2026-07-15", interest="insolvency", indemnity="insolvency"),
    case("due on the day of the opening", B, "1000.00", "2026-08-01", "2026-08-31",
         STOP, insolvency="2026-08-01", interest="insolvency", indemnity="insolvency"),
    case("opened the day after the due date", B, "1000.00", "2026-08-01", "2026-08-31",
         STOP, insolvency="2026-08-02", interest="insolvency", indemnity="40.00"),
    # Terms
    case("agreed rate above the floor", B, "1000.00", "2026-08-01", "2026-08-31", FLOOR,
         terms=terms("10"), interest="1000.00 x 10.00 % x 30/365 = 8.22"),
    case("agreed rate at the floor", B, "1000.00", "2026-08-01", "2026-08-31", FLOOR,
         terms=terms("8.25"), interest="1000.00 x 8.25 % x 30/365 = 6.78"),
    case("agreed rate below the floor, 2026-S2", B, "1000.00", "2026-08-01",
         "2026-08-31", FLOOR, terms=terms("3"),
         interest="1000.00 x 3 x 2.75 % x 30/365 = 6.78"),
    case("floor of 2025-S1", B, "1000.00", "2025-03-01", "2025-03-31", FLOOR,
         terms=terms("3"), interest="1000.00 x 3 x 3.71 % x 30/365 = 9.15"),
    case("floor of 2025-S2", B, "1000.00", "2025-08-01", "2025-08-31", FLOOR,
         terms=terms("3"), interest="1000.00 x 3 x 2.76 % x 30/365 = 6.81"),
    case("floor of 2026-S1", B, "1000.00", "2026-03-01", "2026-03-31", FLOOR,
         terms=terms("3"), interest="1000.00 x 3 x 2.62 % x 30/365 = 6.46"),
    case("agreed 9 % is below the floor in one half-year only", B, "1000.00",
         "2025-06-15", "2025-07-15", FLOOR, terms=terms("9"),
         interest="1000.00 x 3 x 3.71 % x 15/365 + 1000.00 x 9.00 % x 15/365 = 8.27"),
    case("agreed margin on the central bank's rate", B, "1000.00", "2026-08-01",
         "2026-08-31", FLOOR,
         terms=terms(rate_series="ECB_REF_SEMESTER", rate_margin=Decimal(12)),
         interest="1000.00 x (2.40 % + 12.00 %) x 30/365 = 11.84"),
    case("terms without a rate", B, "1000.00", "2026-08-01", "2026-08-31", RATE,
         terms=terms(), interest="1000.00 x 12.40 % x 30/365 = 10.19",
         indemnity="40.00"),
    case("terms without the fixed sum", B, "1000.00", "2026-08-01", "2026-08-31", SUM,
         terms=terms(indemnity=False), indemnity="no_terms"),
    case("penalty clause of 15 %", B, "1000.00", "2026-08-01", "2026-08-31",
         "1231-5 C. civ.", terms=terms(clause=FIFTEEN),
         clause="1000.00 x 15 % = 150.00"),
    case("penalty clause on what is left", B, "1000.00", "2026-08-01", "2026-08-31",
         "1231-5 C. civ.", terms=terms(clause=FIFTEEN), payments=("2026-08-20 400.00",),
         clause="600.00 x 15 % = 90.00"),
    case("no clause in the terms", B, "1000.00", "2026-08-01", "2026-08-31",
         "1231-5 C. civ.", terms=terms(), clause="no_terms"),
    case("no terms at all", B, "1000.00", "2026-08-01", "2026-08-31",
         "1231-5 C. civ.", clause="no_terms"),
    case("the most that the law allows is no amount here", B, "1000.00", "2026-08-01",
         "2026-08-31", "1231-5 C. civ.", terms=terms(clause_legal=True),
         clause="no_terms"),
    case("interest on interest, agreed", B, "10000.00", "2024-06-30", "2025-12-31",
         YEAR, terms=terms(compounding=True),
         # A full year ends on 30 June 2025.
         interest="10000.00 x (14.25 % x 184 + 13.15 % x 181) / 365"
         " + (10000.00 + 10000.00 x (14.25 % x 184 + 13.15 % x 181) / 365)"
         " x 12.15 % x 184/365 = 2066.88"),
    case("interest on interest, not agreed", B, "10000.00", "2024-06-30", "2025-12-31",
         YEAR,
         interest="10000.00 x (14.25 % x 184 + 13.15 % x 181 + 12.15 % x 184) / 365"
         " = 1982.95"),
    case("a period of grace", B, "1000.00", "2026-08-01", "2026-08-31",
         "1343-5 C. civ.",
         suspended=("2026-08-11 to 2026-08-20",),
         interest="1000.00 x 12.40 % x 20/365 = 6.79", lines=3),
    # What is missing or forbidden
    case("until the last day that is known", B, "1000.00", "2026-12-15", "2026-12-31",
         RATE, interest="1000.00 x 12.40 % x 16/365 = 5.44"),
    case("the first half of 2027 is missing", B, "1000.00", "2026-12-15", "2027-01-10",
         RATE, interest="rate_missing: 2027-S1", indemnity="40.00"),
    case("the floor of 2027 is missing", B, "1000.00", "2026-12-15", "2027-01-10",
         FLOOR, terms=terms("9"), interest="rate_missing: 2027-S1"),
    case("no reminder fee from a business", B, "1000.00", "2026-08-01", "2026-08-31",
         NO_COSTS, terms=terms(fee=1000), reminders=5, fee="forbidden"),
    case("no collection costs by scale", B, "1000.00", "2026-08-01", "2026-08-31",
         NO_COSTS, cost="forbidden"),
    case("not proven to be a business", B, "1000.00", "2026-08-01", "2026-08-31",
         PROOF, proven=False, terms=terms(clause=FIFTEEN),
         interest="unproven", indemnity="unproven", clause="unproven"),
    # Consumers
    case("consumer without formal notice", C, "1000.00", "2026-08-01", "2026-08-31",
         NOTICE, interest="notice", indemnity="forbidden", clause="no_terms"),
    case("consumer, penalty clause", C, "1000.00", "2026-08-01", "2026-08-31",
         "1231-5 C. civ.", terms=terms(clause=FIFTEEN),
         clause="1000.00 x 15 % = 150.00"),
    case("consumer, 30 days after the notice", C, "1000.00", "2026-08-01",
         "2026-10-01", NOTICE, notice="2026-09-01",
         interest="1000.00 x 2.75 % x 30/365 = 2.26", indemnity="forbidden"),
    case("consumer, on the day of the notice", C, "1000.00", "2026-08-01",
         "2026-09-01", NOTICE, notice="2026-09-01",
         interest="waiting until 2026-09-01"),
    case("consumer, notice before the due date", C, "1000.00", "2026-08-01",
         "2026-08-31", NOTICE, notice="2026-07-15",
         interest="1000.00 x 2.75 % x 30/365 = 2.26"),
    case("consumer, over two half-years", C, "2000.00", "2026-05-01", "2026-07-30",
         NOTICE, notice="2026-05-31",
         interest="2000.00 x 2.62 % x 30/365 + 2000.00 x 2.75 % x 30/365 = 8.83"),
    case("consumer, part payment interest first", C, "2000.00", "2026-08-01",
         "2026-10-31", ORDER, notice="2026-08-31", payments=("2026-09-30 1000.00",),
         interest="2000.00 x 2.75 % x 30/365"
         " + (1000.00 + 2000.00 x 2.75 % x 30/365) x 2.75 % x 31/365 = 6.87"),
    case("consumer, a rate of the terms is none", C, "1000.00", "2026-08-01",
         "2026-10-01", "R212-2, 3 C. conso.", notice="2026-09-01", terms=terms("12"),
         interest="1000.00 x 2.75 % x 30/365 = 2.26"),
    case("consumer, no reminder fee, no costs", C, "1000.00", "2026-08-01",
         "2026-10-01", NO_COSTS, terms=terms(fee=1000), reminders=9,
         cost="forbidden", fee="forbidden"),
    case("consumer, the first half of 2027 is missing", C, "1000.00", "2026-08-01",
         "2027-02-01", NOTICE, notice="2026-09-01", interest="rate_missing: 2027-S1"),
    # Public bodies: 2.15 % and 2.40 % are the reference rates of 2026
    case("30 days", P, "1000.00", "2026-08-01", "2026-08-31", PUBLIC,
         interest="1000.00 x (2.40 % + 8 %) x 30/365 = 8.55", indemnity="40.00",
         lines=1),
    case("split at the half-year", P, "1000.00", "2026-06-15", "2026-07-15", PUBLIC,
         interest="1000.00 x (2.15 % + 8 %) x 15/365"
         " + 1000.00 x (2.40 % + 8 %) x 15/365 = 8.45", lines=2),
    case("the day after the due date", P, "1000.00", "2026-08-01", "2026-08-02",
         PUBLIC_SUM, interest="1000.00 x (2.40 % + 8 %) x 1/365 = 0.28",
         indemnity="40.00"),
    case("part payment goes to interest first", P, "1000.00", "2026-08-01",
         "2026-08-31", ORDER, payments=("2026-08-11 500.00",),
         interest="1000.00 x 10.40 % x 10/365"
         " + (500.00 + 1000.00 x 10.40 % x 10/365) x 10.40 % x 20/365 = 5.71"),
    case("terms set no other rate and no clause", P, "1000.00", "2026-08-01",
         "2026-08-31", PUBLIC_NONE, terms=terms("15", clause=FIFTEEN, fee=500),
         interest="1000.00 x 10.40 % x 30/365 = 8.55", indemnity="40.00",
         clause="forbidden", cost="forbidden", fee="forbidden"),
    case("rate of the first half of 2027", P, "1000.00", "2026-12-31", "2027-01-01",
         PUBLIC, interest="rate_missing: 2027-S1", indemnity="40.00"),
    case("not proven to be a public body", P, "1000.00", "2026-08-01", "2026-08-31",
         PROOF, proven=False, interest="unproven", indemnity="unproven"),
]
