"""Worked cases: Netherlands, Germany, United Kingdom."""

from decimal import Decimal

from ..engine.regime import Terms
from . import golden_regimes as rules
from .golden_case import case

NB, NC = rules.NL_BUSINESS, rules.NL_CONSUMER
DB, DC, DM = rules.DE_BUSINESS, rules.DE_CONSUMER, rules.DE_MONTHS
GB, GC = rules.GB_BUSINESS, rules.GB_CONSUMER

NL_RATE = "6:119a BW: reference rate + 8"
NL_YEAR = "6:119(2) BW: interest of a full year bears interest"
NL_NOTICE = "6:119 and 6:82 BW: from the notice of default"
NL_ORDER = "6:44 BW: interest first, then principal"
WIK = "6:96 BW and its decree: 15, 10, 5, 1, 0.5 %; 40 at least, 6,775 at most"
LETTER = "6:96(6) BW: 14 days from the day after delivery; 21 in all to be safe"
NL_GAP = "the decree for the second half of 2026 is not known"
DE_RATE = "§ 288(2) BGB: base rate + 9"
DE_SUM = "§ 288(5) BGB: 40, not from consumers"
DE_NONE = "§ 289 BGB: no interest on interest"
DE_ORDER = "§ 367 BGB: interest first, then principal"
DE_NOTICE = "§§ 286, 288(1) BGB: base rate + 5 from the reminder"
DE_RECEIPT = "§ 286(3) BGB: thirty days after due date and receipt of the invoice"
MONTHS = "months of 30 days, 360 in a year"
GB_RATE = "Late Payment of Commercial Debts (Interest) Act 1998, s. 4: Bank Rate + 8"
GB_SUM = "same Act, s. 5A: 40 below 1,000; 70 below 10,000; 100 from there on"
GB_NONE = "interest only by contract"

COMPOUNDING = Terms(compounding=True)
NOT_AGREED = Terms(due_agreed=False)
SAID_SO = Terms(interest_mention=True)
#: Received the day after the due date: late from 2 August on.
RECEIVED = {"received": "2026-07-02"}
LATE = ("2026-08-01", "2026-08-31")

# fmt: off
CASES = [
    # Netherlands, businesses
    case("30 days", NB, "1000.00", *LATE, NL_RATE,
         interest="1000.00 x 10.40 % x 30/365 = 8.55", indemnity="forbidden"),
    case("a full year is not compounded yet", NB, "10000.00", "2024-06-30",
         "2025-06-30", NL_YEAR,
         interest="10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365 = 1170.45"),
    case("a day after the year", NB, "10000.00", "2024-06-30", "2025-07-01", NL_YEAR,
         interest="10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365"
         " + (10000.00 + 10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365)"
         " x 10.15 % x 1/365 = 1173.56"),
    case("two years", NB, "10000.00", "2024-06-30", "2026-06-30", NL_YEAR,
         interest="10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365"
         " + (10000.00 + 10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365)"
         " x 10.15 % x 365/365 = 2304.25", lines=4),
    case("from a leap day: the year is full on 28 February", NB, "10000.00",
         "2024-02-28", "2025-03-01", NL_YEAR,
         # 29 February to 30 June: 123 days; 184; January and February: 59.
         interest="10000.00 x (12.50 % x 123 + 12.25 % x 184 + 11.15 % x 59) / 365"
         " + (10000.00 + 10000.00 x (12.50 % x 123 + 12.25 % x 184 + 11.15 % x 59)"
         " / 365) x 11.15 % x 1/365 = 1222.43"),
    case("interest paid in the year does not join", NB, "10000.00", "2024-06-30",
         "2025-07-30", NL_ORDER, payments=("2025-06-30 2000.00",),
         # Interest of the year is paid; the rest of the payment is principal.
         interest="10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365"
         " + (8000.00 + 10000.00 x (12.25 % x 184 + 11.15 % x 181) / 365)"
         " x 10.15 % x 30/365 = 1246.96"),
    case("costs on 100", NB, "100.00", *LATE, WIK, cost="40.00"),
    case("costs on 266.67", NB, "266.67", *LATE, WIK, cost="266.67 x 15 % = 40.00"),
    case("costs on 267", NB, "267.00", *LATE, WIK, cost="267.00 x 15 % = 40.05"),
    case("costs on 2,500", NB, "2500.00", *LATE, WIK, cost="2500.00 x 15 % = 375.00"),
    case("costs on 2,500.01", NB, "2500.01", *LATE, WIK,
         cost="375.00 + 0.01 x 10 % = 375.00"),
    case("costs on 5,000", NB, "5000.00", *LATE, WIK,
         cost="2500.00 x 15 % + 2500.00 x 10 % = 625.00"),
    case("costs on 10,000", NB, "10000.00", *LATE, WIK,
         cost="2500.00 x 15 % + 2500.00 x 10 % + 5000.00 x 5 % = 875.00"),
    case("costs on 200,000", NB, "200000.00", *LATE, WIK,
         cost="875.00 + 190000.00 x 1 % = 2775.00"),
    case("costs on 300,000", NB, "300000.00", *LATE, WIK,
         cost="875.00 + 190000.00 x 1 % + 100000.00 x 0.5 % = 3275.00"),
    case("costs on 1,000,000", NB, "1000000.00", *LATE, WIK,
         cost="875.00 + 190000.00 x 1 % + 800000.00 x 0.5 % = 6775.00"),
    case("costs on 2,000,000", NB, "2000000.00", *LATE, WIK, cost="6775.00"),
    case("costs on what is left", NB, "2500.00", *LATE, WIK,
         payments=("2026-08-20 500.00",), cost="2000.00 x 15 % = 300.00"),
    case("no costs before the due date", NB, "2500.00", "2026-08-01", "2026-08-01", WIK,
         cost="not_late"),
    # Netherlands, consumers
    case("no interest without a notice", NC, "1000.00", "2026-03-01", "2026-03-31",
         NL_NOTICE, interest="notice", cost="first_reminder"),
    case("interest needs no letter of fourteen days", NC, "1000.00", "2026-02-01",
         "2026-03-31", NL_NOTICE, notice="2026-03-01",
         interest="1000.00 x 4.00 % x 30/365 = 3.29", cost="first_reminder"),
    case("the rate changes with the year", NC, "1000.00", "2025-11-01", "2026-01-31",
         NL_NOTICE, notice="2025-12-01",
         interest="1000.00 x 6.00 % x 30/365 + 1000.00 x 4.00 % x 31/365 = 8.33"),
    case("letter by post, safe until the 21st day", NC, "1000.00", "2026-02-01",
         "2026-03-23", LETTER, reminder="2026-03-02 post",
         cost="waiting until 2026-03-23"),
    case("letter by post, costs from the 22nd day", NC, "1000.00", "2026-02-01",
         "2026-03-24", LETTER, reminder="2026-03-02 post",
         cost="1000.00 x 15 % = 150.00"),
    case("letter by e-mail, the same", NC, "1000.00", "2026-02-01", "2026-03-23",
         LETTER, reminder="2026-03-02 email", cost="waiting until 2026-03-23"),
    case("part paid within the term", NC, "1000.00", "2026-02-01", "2026-03-24",
         LETTER, reminder="2026-03-02 post", payments=("2026-03-10 600.00",),
         cost="400.00 x 15 % = 60.00"),
    case("paid within the term", NC, "1000.00", "2026-02-01", "2026-03-24",
         LETTER, reminder="2026-03-02 post", payments=("2026-03-10 1000.00",),
         cost="not_late"),
    case("until the last day that is known", NC, "1000.00", "2026-05-01", "2026-06-30",
         NL_GAP, notice="2026-05-31", interest="1000.00 x 4.00 % x 30/365 = 3.29"),
    case("no rate after it", NC, "1000.00", "2026-05-01", "2026-07-01", NL_GAP,
         notice="2026-05-31", interest="rate_missing: 2026-07-01"),
    # Germany
    case("30 days", DB, "1000.00", *LATE, DE_RATE,
         interest="1000.00 x 10.52 % x 30/365 = 8.65", indemnity="40.00"),
    case("split at the half-year", DB, "1000.00", "2026-06-15", "2026-07-15", DE_RATE,
         interest="1000.00 x 10.27 % x 15/365 + 1000.00 x 10.52 % x 15/365 = 8.54"),
    case("no interest on interest, whatever the terms say", DB, "10000.00",
         "2024-06-30", "2026-06-30", DE_NONE, terms=COMPOUNDING,
         interest="10000.00 x (12.37 % x 184 + 11.27 % x 181 + 10.27 % x 184"
         " + 10.27 % x 181) / 365 = 2209.45"),
    case("part payment", DB, "1000.00", *LATE, DE_ORDER,
         payments=("2026-08-11 500.00",),
         interest="1000.00 x 10.52 % x 10/365"
         " + (500.00 + 1000.00 x 10.52 % x 10/365) x 10.52 % x 20/365 = 5.78"),
    case("due date not agreed, no reminder", DB, "1000.00", *LATE, DE_RECEIPT,
         terms=NOT_AGREED, interest="notice", indemnity="notice"),
    case("due date not agreed, within the thirty days", DB, "1000.00", "2026-07-01",
         "2026-07-20", DE_RECEIPT, terms=NOT_AGREED, **RECEIVED,
         interest="waiting until 2026-08-01", indemnity="waiting until 2026-08-01"),
    case("due date not agreed, after the thirty days", DB, "1000.00", "2026-07-01",
         "2026-08-31", DE_RECEIPT, terms=NOT_AGREED, **RECEIVED,
         interest="1000.00 x 10.52 % x 30/365 = 8.65", indemnity="40.00"),
    case("due date not agreed, a reminder within the thirty days", DB, "1000.00",
         "2026-07-01", "2026-08-31", DE_RECEIPT, terms=NOT_AGREED, **RECEIVED,
         notice="2026-07-12",
         interest="1000.00 x 10.52 % x 50/365 = 14.41", indemnity="40.00"),
    case("due date not agreed, receipt uncertain: thirty days after the delivery", DB,
         "1000.00", "2026-06-15", "2026-08-31", DE_RECEIPT, terms=NOT_AGREED,
         delivered="2026-07-02",
         interest="1000.00 x 10.52 % x 30/365 = 8.65", indemnity="40.00"),
    case("due date agreed, whatever the receipt", DB, "1000.00", *LATE, DE_RATE,
         received="2026-08-20",
         interest="1000.00 x 10.52 % x 30/365 = 8.65", indemnity="40.00"),
    case("consumer, thirty days, the invoice said so", DC, "1000.00", "2026-07-01",
         "2026-08-31", DE_RECEIPT, terms=SAID_SO, **RECEIVED,
         interest="1000.00 x 6.52 % x 30/365 = 5.36", indemnity="forbidden"),
    case("consumer, thirty days, the invoice did not say so", DC, "1000.00",
         "2026-07-01", "2026-08-31", DE_RECEIPT, **RECEIVED, interest="notice"),
    case("consumer, receipt uncertain: the delivery is not enough", DC, "1000.00",
         "2026-07-01", "2026-08-31", DE_RECEIPT, terms=SAID_SO,
         delivered="2026-07-02", interest="notice"),
    case("consumer before the reminder", DC, "1000.00", *LATE, DE_NOTICE,
         interest="notice", indemnity="forbidden"),
    case("consumer after the reminder", DC, "1000.00", "2026-07-01", "2026-08-31",
         DE_NOTICE, notice="2026-08-01", interest="1000.00 x 6.52 % x 30/365 = 5.36",
         indemnity="forbidden"),
    case("consumer, first letter free", DC, "1000.00", *LATE, DE_SUM,
         terms=Terms(fee=5_00), reminders=0, fee="first_reminder"),
    case("consumer, second letter", DC, "1000.00", *LATE, DE_SUM,
         terms=Terms(fee=5_00), reminders=1, fee="2.50"),
    case("from the 31st: a whole month has 30 days", DM, "1000.00", "2026-07-31",
         "2026-08-31", MONTHS, interest="1000.00 x 10.52 % x 30/360 = 8.77"),
    case("the 31st adds nothing", DM, "1000.00", "2026-08-30", "2026-08-31", MONTHS,
         interest="1000.00 x 10.52 % x 0/360 = 0.00"),
    case("February ends two days early", DM, "1000.00", "2026-01-31", "2026-02-28",
         MONTHS, interest="1000.00 x 10.27 % x 28/360 = 7.99"),
    case("and the first of March makes up for it", DM, "1000.00", "2026-02-28",
         "2026-03-01", MONTHS, interest="1000.00 x 10.27 % x 3/360 = 0.86"),
    case("in a leap year by two days", DM, "1000.00", "2024-02-29", "2024-03-01",
         MONTHS, interest="1000.00 x 12.62 % x 2/360 = 0.70"),
    case("a year of twelve months", DM, "1000.00", "2024-12-31", "2025-12-31", MONTHS,
         interest="1000.00 x (11.27 % x 180 + 10.27 % x 180) / 360 = 107.70"),
    # United Kingdom
    case("30 days", GB, "1000.00", *LATE, GB_RATE,
         interest="1000.00 x 11.75 % x 30/365 = 9.66"),
    case("Bank Rate of 30 June for the second half", GB, "1000.00", "2025-06-15",
         "2025-07-15", GB_RATE,
         interest="1000.00 x 12.75 % x 15/365 + 1000.00 x 12.25 % x 15/365 = 10.27"),
    case("a debt of 999.99", GB, "999.99", *LATE, GB_SUM, indemnity="40.00"),
    case("a debt of 1,000", GB, "1000.00", *LATE, GB_SUM, indemnity="70.00"),
    case("a debt of 9,999.99", GB, "9999.99", *LATE, GB_SUM, indemnity="70.00"),
    case("a debt of 10,000", GB, "10000.00", *LATE, GB_SUM, indemnity="100.00"),
    case("what was paid in time makes the debt smaller", GB, "1200.00", *LATE, GB_SUM,
         payments=("2026-08-01 300.00",), indemnity="40.00"),
    case("what was paid late does not", GB, "1200.00", *LATE, GB_SUM,
         payments=("2026-08-02 300.00",), indemnity="70.00"),
    case("part payment, principal first", GB, "1000.00", *LATE, GB_RATE,
         payments=("2026-08-11 500.00",),
         interest="1000.00 x 11.75 % x 10/365 + 500.00 x 11.75 % x 20/365 = 6.44"),
    case("no compounding over two years", GB, "1000.00", "2024-06-30", "2026-06-30",
         GB_RATE,
         interest="1000.00 x (13.25 % x 184 + 12.75 % x 181 + 12.25 % x 184"
         " + 11.75 % x 181) / 365 = 250.04"),
    case("contract rate", GB, "1000.00", *LATE, "a substantial remedy of the contract",
         terms=Terms(rate=Decimal(4)), interest="1000.00 x 4.00 % x 30/365 = 3.29"),
    case("consumer without contract rate", GC, "1000.00", *LATE, GB_NONE,
         interest="no_terms", indemnity="forbidden"),
    case("consumer, terms without a rate", GC, "1000.00", *LATE, GB_NONE,
         terms=Terms(), interest="no_terms"),
    case("consumer, rate of the contract, not demanded yet", GC, "1000.00", *LATE,
         GB_NONE, terms=Terms(rate=Decimal(3)), interest="notice"),
    case("consumer, rate of the contract", GC, "1000.00", "2026-07-01", "2026-08-31",
         GB_NONE, notice="2026-08-01", terms=Terms(rate=Decimal(3)),
         interest="1000.00 x 3.00 % x 30/365 = 2.47"),
]
