"""Worked cases: Belgium."""

from decimal import Decimal

from ..engine.regime import Scale, Terms, Tier
from .golden_case import case
from .golden_regimes import BE_BUSINESS as B
from .golden_regimes import BE_CONSUMER as C
from .golden_regimes import BE_CONSUMER_BEFORE as BEFORE
from .golden_regimes import BE_CONSUMER_PERIODIC as P

TERM = "art. 4, law of 2 August 2002: more than 60 days from receipt count as 30"
RATE = "art. 5, law of 2 August 2002: reference + 8, rounded up to the half point"
SUM = "art. 6, law of 2 August 2002: 40 by law"
ORDER = "interest first, then principal"
FREE = "art. XIX.2 CDE: first reminder free"
POST = "art. XIX.2 CDE: 14 days that begin with the third working day after posting"
EMAIL = "art. XIX.2 CDE: 14 days that begin the day after an electronic sending"
CLAUSE = (
    "art. XIX.4, 2° CDE: 20; 30 + 10 % above 150; 65 + 5 % above 500; 2,000 at most"
)
CAP = "art. XIX.4, 1° CDE: no more than the rate between businesses"
FEES = "art. XIX.2 CDE: three reminders a year free, then 7.50 at most"
PAUSE = "art. XIX.9 CDE: suspensions of 45 days in all at most"
LEGAL = "law of 5 May 1865: legal rate from the formal notice"
AGREED = "art. XIX.4, 1° CDE: the rate of the terms, once the waiting period is over"
FREE_WILL = "art. 5.88 C. civ."


def percent(value, minimum=None):
    return Scale((Tier(0, percent=Decimal(value)),), minimum=minimum)


TEN = Terms(clause=percent(10), fee=10_00)
# Below the rate between businesses, which is the most that may be agreed on.
RATE_OF_TERMS = Terms(rate=Decimal("4.5"))
MOST = Terms(rate=Decimal("4.5"), clause_legal=True, fee=5_00)
# By e-mail on 2 November: charges from the 17th on.
SENT = {"reminder": "2026-11-02 email", "terms": MOST}

# fmt: off
CASES = [
    case("30 days", B, "1000.00", "2026-08-01", "2026-08-31", RATE,
         interest="1000.00 x 10.50 % x 30/365 = 8.63", indemnity="40.00"),
    case("split at the half-year", B, "1000.00", "2023-06-15", "2023-07-15", RATE,
         interest="1000.00 x 10.50 % x 15/365 + 1000.00 x 12.00 % x 15/365 = 9.25",
         lines=2),
    case("a leap year", B, "1000.00", "2023-12-31", "2024-12-31", RATE,
         interest="1000.00 x 12.50 % x 366/365 = 125.34", lines=2),
    case("2.40 + 8 is 10.40, up to 10.50", B, "36500.00", "2026-07-01", "2026-07-02",
         RATE, interest="36500.00 x 10.50 % x 1/365 = 10.50"),
    case("no formal notice needed", B, "1000.00", "2026-08-01", "2026-08-02", SUM,
         interest="1000.00 x 10.50 % x 1/365 = 0.29", indemnity="40.00"),
    case("agreed 90 days count as 30 from the receipt of the invoice on 1 June", B,
         "1000.00", "2026-08-29", "2026-08-30", TERM, issued="2026-05-31",
         received="2026-06-01",
         # Thirty days from 1 June end on 1 July.
         interest="1000.00 x 10.50 % x 60/365 = 17.26"),
    case("agreed 60 days from the receipt stay 60", B, "1000.00", "2026-07-31",
         "2026-08-30", TERM, issued="2026-05-31", received="2026-06-01",
         interest="1000.00 x 10.50 % x 30/365 = 8.63"),
    case("61 days count as 30", B, "1000.00", "2026-08-01", "2026-08-30", TERM,
         issued="2026-05-31", received="2026-06-01",
         interest="1000.00 x 10.50 % x 60/365 = 17.26"),
    case("90 days, and nobody knows when the invoice was received", B, "1000.00",
         "2026-07-31", "2026-08-30", TERM, issued="2026-05-02",
         interest="1000.00 x 10.50 % x 30/365 = 8.63"),
    case("agreed rate", B, "1000.00", "2026-08-01", "2026-08-31", "art. 7",
         terms=Terms(rate=Decimal(12)), interest="1000.00 x 12.00 % x 30/365 = 9.86"),
    case("part payment", B, "1000.00", "2026-08-01", "2026-08-31", ORDER,
         payments=("2026-08-11 600.00",),
         interest="1000.00 x 10.50 % x 10/365"
         " + (400.00 + 1000.00 x 10.50 % x 10/365) x 10.50 % x 20/365 = 5.19"),
    case("clause of 10 %, at least 50", B, "300.00", "2026-08-01", "2026-08-31",
         FREE_WILL, terms=Terms(clause=percent(10, 50_00)), clause="50.00"),
    case("clause of 10 %", B, "90000.00", "2026-08-01", "2026-08-31",
         FREE_WILL, terms=TEN, clause="90000.00 x 10 % = 9000.00"),
    case("bankruptcy", B, "1000.00", "2026-08-01", "2026-08-31",
         "interest stops at the judgment", insolvency="2026-08-12",
         interest="1000.00 x 10.50 % x 10/365 = 2.88", indemnity="40.00"),
    case("not proven to be a business", B, "1000.00", "2026-08-01", "2026-08-31",
         "a debtor of unknown kind is a consumer", proven=False,
         interest="unproven", indemnity="unproven"),
    case("reminder fees are not for businesses", B, "1000.00", "2026-08-01",
         "2026-08-31", SUM, terms=TEN, reminders=9, fee="forbidden"),
    case("the first half of 2027 is missing", B, "1000.00", "2026-12-01", "2027-01-01",
         RATE, interest="rate_missing: 2027-S1", indemnity="40.00"),
    # The clause in a consumer's contract
    case("clause on 150", C, "150.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="20.00"),
    case("clause on 150.01", C, "150.01", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="30.00 + 0.01 x 10 % = 30.00"),
    case("clause on 300", C, "300.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="30.00 + (300.00 - 150.00) x 10 % = 45.00"),
    case("clause on 500", C, "500.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="30.00 + (500.00 - 150.00) x 10 % = 65.00"),
    case("clause on 500.01", C, "500.01", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="65.00 + 0.01 x 5 % = 65.00"),
    case("clause on 1,000", C, "1000.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="65.00 + (1000.00 - 500.00) x 5 % = 90.00"),
    case("clause on 10,000", C, "10000.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="65.00 + (10000.00 - 500.00) x 5 % = 540.00"),
    case("clause on 39,200", C, "39200.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="65.00 + (39200.00 - 500.00) x 5 % = 2000.00"),
    case("clause on 50,000", C, "50000.00", "2026-10-01", "2026-11-17", CLAUSE, **SENT,
         clause="2000.00"),
    case("clause of the terms above the cap", C, "1000.00", "2026-10-01", "2026-11-17",
         CLAUSE, reminder="2026-11-02 email", terms=TEN,
         clause="65.00 + (1000.00 - 500.00) x 5 % = 90.00"),
    case("clause of the terms below the cap", C, "1000.00", "2026-10-01", "2026-11-17",
         CLAUSE, reminder="2026-11-02 email", terms=Terms(clause=percent(4)),
         clause="1000.00 x 4 % = 40.00"),
    case("least amount of the terms above the cap", C, "100.00", "2026-10-01",
         "2026-11-17", CLAUSE, reminder="2026-11-02 email",
         terms=Terms(clause=percent(10, 50_00)), clause="20.00"),
    case("clause on what is still due", C, "1000.00", "2026-10-01", "2026-11-17",
         CLAUSE, **SENT, payments=("2026-11-10 600.00",),
         clause="30.00 + (400.00 - 150.00) x 10 % = 55.00"),
    case("paid while waiting", C, "1000.00", "2026-10-01", "2026-11-17", FREE, **SENT,
         payments=("2026-11-10 1000.00",), clause="not_late"),
    case("no clause in the terms", C, "1000.00", "2026-10-01", "2026-11-17", CLAUSE,
         reminder="2026-11-02 email", terms=Terms(), clause="no_terms"),
    # The waiting period
    case("no charges without a first reminder", C, "1000.00", "2026-10-01",
         "2026-11-17", FREE, terms=MOST, interest="first_reminder",
         indemnity="forbidden", clause="first_reminder"),
    case("by post, last free day", C, "1000.00", "2026-10-01", "2026-11-18", POST,
         reminder="2026-11-02 post", terms=MOST,
         interest="waiting until 2026-11-18", clause="waiting until 2026-11-18"),
    case("by post, first day with charges", C, "1000.00", "2026-10-01", "2026-11-19",
         POST, reminder="2026-11-02 post", terms=MOST,
         interest="1000.00 x 4.50 % x 1/365 = 0.12",
         clause="65.00 + (1000.00 - 500.00) x 5 % = 90.00"),
    case("by e-mail, last free day", C, "1000.00", "2026-10-01", "2026-11-16", EMAIL,
         **SENT, interest="waiting until 2026-11-16",
         clause="waiting until 2026-11-16"),
    case("by e-mail, first day with charges", C, "1000.00", "2026-10-01",
         "2026-11-17", EMAIL, **SENT, interest="1000.00 x 4.50 % x 1/365 = 0.12",
         clause="65.00 + (1000.00 - 500.00) x 5 % = 90.00"),
    case("by post over Armistice Day", C, "1000.00", "2026-10-01", "2026-11-25", POST,
         # Friday 6; Monday 9, Tuesday 10, Thursday 12 November and 13 days more.
         reminder="2026-11-06 post", terms=MOST, clause="waiting until 2026-11-25"),
    case("by post over Easter", C, "1000.00", "2026-02-01", "2026-04-20", POST,
         # Thursday 2; Friday 3, Tuesday 7, Wednesday 8 April and 13 days more.
         reminder="2026-04-02 post", terms=MOST, clause="waiting until 2026-04-21"),
    case("by e-mail on a Saturday", C, "1000.00", "2026-10-01", "2026-11-21", EMAIL,
         reminder="2026-11-07 email", terms=MOST, clause="waiting until 2026-11-21"),
    # Interest
    case("agreed rate after the waiting period", C, "1000.00", "2026-10-01",
         "2026-12-16", AGREED, reminder="2026-11-02 email", terms=RATE_OF_TERMS,
         interest="1000.00 x 4.50 % x 30/365 = 3.70", indemnity="forbidden"),
    case("no rate in the terms", C, "1000.00", "2026-10-01", "2026-12-16", AGREED,
         reminder="2026-11-02 email", terms=Terms(), interest="no_terms"),
    case("no terms", C, "1000.00", "2026-10-01", "2026-12-16", AGREED,
         reminder="2026-11-02 email", interest="no_terms", clause="no_terms"),
    case("agreed rate below the cap", C, "1000.00", "2026-10-01", "2026-12-16", CAP,
         reminder="2026-11-02 email", terms=Terms(rate=Decimal(8)),
         interest="1000.00 x 8.00 % x 30/365 = 6.58"),
    case("agreed rate above the cap", C, "1000.00", "2026-10-01", "2026-12-16", CAP,
         reminder="2026-11-02 email", terms=Terms(rate=Decimal(15)),
         interest="1000.00 x 10.50 % x 30/365 = 8.63"),
    case("the cap changes with the half-year", C, "1000.00", "2025-05-01",
         "2025-07-30", CAP, reminder="2025-05-17 email", terms=Terms(rate=Decimal(12)),
         # Until 31 May nothing; 30 days of June, 30 of July.
         interest="1000.00 x 11.50 % x 30/365 + 1000.00 x 10.50 % x 30/365 = 18.08"),
    case("reminded before the due date", C, "1000.00", "2026-10-31", "2026-11-30",
         AGREED, reminder="2026-10-01 email", terms=RATE_OF_TERMS,
         interest="1000.00 x 4.50 % x 30/365 = 3.70"),
    case("part payment after the waiting period", C, "1000.00", "2026-10-01",
         "2026-12-16", ORDER, reminder="2026-11-02 email", terms=RATE_OF_TERMS,
         payments=("2026-11-26 400.00",),
         interest="1000.00 x 4.50 % x 10/365"
         " + (600.00 + 1000.00 x 4.50 % x 10/365) x 4.50 % x 20/365 = 2.72"),
    case("a dispute", C, "1000.00", "2026-10-01", "2026-12-16", PAUSE,
         reminder="2026-11-02 email", terms=RATE_OF_TERMS,
         suspended=("2026-11-27 to 2026-12-06",),
         interest="1000.00 x 4.50 % x 20/365 = 2.47"),
    case("a dispute of 60 days suspends 45", C, "1000.00", "2026-03-01", "2026-09-30",
         PAUSE, reminder="2026-04-17 email", terms=RATE_OF_TERMS,
         suspended=("2026-05-11 to 2026-07-09",),
         # 1 May is the last free day: 152 days until 30 September, 45 of them without.
         interest="1000.00 x 4.50 % x 107/365 = 13.19"),
    case("two suspensions share the 45 days", C, "1000.00", "2026-03-01", "2026-09-30",
         PAUSE, reminder="2026-04-17 email", terms=RATE_OF_TERMS,
         suspended=("2026-05-11 to 2026-06-09", "2026-07-01 to 2026-07-30"),
         interest="1000.00 x 4.50 % x 107/365 = 13.19", lines=5),
    case("the cap of 2027 is missing", C, "1000.00", "2026-10-01", "2027-01-05", CAP,
         reminder="2026-11-02 email", terms=RATE_OF_TERMS,
         interest="rate_missing: 2027-S1"),
    # Before the law of 4 May 2023
    case("legal rate from the formal notice", BEFORE, "1000.00", "2023-05-01",
         "2023-08-31", LEGAL, notice="2023-08-01",
         interest="1000.00 x 5.25 % x 30/365 = 4.32", indemnity="forbidden",
         fee="forbidden"),
    case("legal rate over the new year", BEFORE, "1000.00", "2023-05-01",
         "2024-01-30", LEGAL, notice="2023-12-01",
         interest="1000.00 x 5.25 % x 30/365 + 1000.00 x 5.75 % x 30/365 = 9.04"),
    case("no interest without a notice", BEFORE, "1000.00", "2023-05-01", "2023-08-31",
         LEGAL, interest="notice"),
    case("the legal rate of 2027 is missing", BEFORE, "1000.00", "2023-05-01",
         "2027-01-05", LEGAL, notice="2026-11-02", interest="rate_missing: 2027"),
    case("a clause without a limit", BEFORE, "1000.00", "2023-05-01", "2023-08-31",
         FREE_WILL, terms=TEN, clause="1000.00 x 10 % = 100.00"),
    # Fees
    case("reminders for the third due date of the year are free", P, "1000.00",
         "2026-10-01", "2026-11-17", FEES, terms=TEN, reminders=2,
         fee="first_reminder"),
    case("for the fourth it may cost 7.50", P, "1000.00", "2026-10-01", "2026-11-17",
         FEES, terms=TEN, reminders=3, fee="7.50"),
    case("or what the terms say", P, "1000.00", "2026-10-01", "2026-11-17", FEES,
         terms=MOST, reminders=3, fee="5.00"),
    case("no fee in the terms", P, "1000.00", "2026-10-01", "2026-11-17", FEES,
         terms=Terms(), reminders=3, fee="no_terms"),
    case("none where deliveries are not regular", C, "1000.00", "2026-10-01",
         "2026-11-17", FEES, terms=TEN, reminders=3, fee="forbidden"),
]
