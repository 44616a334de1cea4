"""What an answer by text message says, as far as a program may take it.

Stopping is a right and is done at once; a day or "paid" is only a guess that a person
confirms. Whatever is not plain is a message to be read.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

STOP, PAID, PROMISE, MESSAGE = "stop", "paid", "promise", "message"

#: A message that says nothing but one of these asks to be left alone: the words that
#: providers honour, and those of English, French, Dutch and German.
STOP_WORDS = frozenset(
    """stop stopall stop_all unsubscribe cancel end quit optout opt_out revoke remove
    arret arreter arretez arrete cessez stoppez stopsms stop_sms
    desabonner desabonnement desinscription desinscrire resilier
    stoppen stopzetten afmelden uitschrijven opzeggen
    stopp anhalten abmelden abbestellen austragen beenden""".split()
)
#: Words that may stand beside one of them.
POLITE = frozenset(
    "sms messages please thanks svp sil vous plait merci bitte danke aub dank".split()
)
PAID_WORDS = frozenset(
    """paid payed settled transferred
    paye payee payes payees regle reglee regles reglees vire acquitte soldee soldees
    betaald voldaan overgemaakt overgeschreven overgeboekt
    bezahlt gezahlt eingezahlt beglichen uberwiesen ueberwiesen""".split()
)
#: Words that say so only as they are spelt: "solde" is a balance, "gestört" disturbed.
PAID_SPELT = frozenset("soldé soldés gestort".split())
#: A payment, and what says of one that it was made.
PAYMENTS = frozenset(
    """payment transfer
    paiement versement virement
    betaling overschrijving storting
    zahlung uberweisung ueberweisung""".split()
)
MADE_WORDS = frozenset(
    """made done sent
    fait faite effectue effectuee envoye envoyee emis execute executee parti
    gedaan gemaakt uitgevoerd verricht
    gemacht erledigt ausgefuhrt ausgefuehrt""".split()
)
#: Words that turn a claim into its contrary, or into a question.
NOT_WORDS = frozenset(
    """not no never cant cannot wont havent didnt when unpaid without
    ne n pas jamais non quand rien aucun aucune sans nai na navons nont nest
    niet niets nooit geen wanneer nog zonder
    nicht nichts nie kein keine wann noch ohne""".split()
)
#: What says that somebody will pay: "will be paid tomorrow" claims nothing.
FUTURE_WORDS = frozenset(
    """will shall going soon tomorrow
    sera serai serons seront ferai ferons fera vais va allons bientot demain
    paierai payerai reglerai
    zal zullen ga wordt binnenkort overmorgen
    werde wird bald ubermorgen uebermorgen""".split()
)
#: The same said by more than a word. "Je règle" is what somebody does or will do, not
#: what was done; "morgen" is the day to come, but for "heute Morgen".
FUTURE_PHRASES = re.compile(
    r"\b(?:je|on|nous) (?:(?:le|la|les|l|vous|te) )*(?:paye|regle|vire|acquitte)\b"
    r"|(?<!heute )(?<!gestern )(?<!deze )\bmorgen\b"
)
RELATIVE = {
    0: "today aujourdhui vandaag heute",
    1: "tomorrow demain morgen",
    2: "overmorgen ubermorgen uebermorgen",
}
RELATIVE = {word: days for days, words in RELATIVE.items() for word in words.split()}
WEEKDAYS = (
    "monday lundi maandag montag",
    "tuesday mardi dinsdag dienstag",
    "wednesday mercredi woensdag mittwoch",
    "thursday jeudi donderdag donnerstag",
    "friday vendredi vrijdag freitag",
    "saturday samedi zaterdag samstag",
    "sunday dimanche zondag sonntag",
)
WEEKDAYS = {word: i for i, words in enumerate(WEEKDAYS) for word in words.split()}
MONTHS = (
    "january jan janvier januari januar janner",
    "february feb fevrier fev februari februar",
    "march mar mars maart mrt marz maerz",
    "april apr avril avr",
    "may mai mei",
    "june jun juin juni",
    "july jul juillet juil juli",
    "august aug aout augustus",
    "september sep sept septembre",
    "october oct octobre oktober okt",
    "november nov novembre",
    "december dec decembre dezember dez",
)
MONTHS = {word: i for i, words in enumerate(MONTHS, 1) for word in words.split()}
ISO_DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", re.ASCII)
NUMERIC_DAY = re.compile(
    r"(?<![\d.,/])(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?(?![\d/])",
    re.ASCII,
)
#: How far ahead a day without a year may lie.
FAR = 366


@dataclass(frozen=True)
class Reply:
    """``kind`` is one of the constants above; ``day`` the day of a promise."""

    kind: str
    day: date | None = None


def _bare(text):
    """Lower case without accents, and without the apostrophes of elisions."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in parts if not unicodedata.combining(c))
    return kept.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")


def _words(text):
    return re.findall(r"[a-z_]+|[0-9]+", text)


def is_stop(text):
    """Whether the message says nothing but that no more shall come."""
    words = _words(_bare(text))
    if not words or len(words) > 5:
        return False
    joined = "_".join(words)
    rest = set(words) - STOP_WORDS
    return joined in STOP_WORDS or (len(rest) < len(set(words)) and rest <= POLITE)


def understand(text, today, month_first=False):
    """What a message says.

    :param str text: as it came
    :param date today: the day in the company's time zone
    :param bool month_first: whether 3/4 is the fourth of March to who wrote it
    :rtype: Reply
    """
    if is_stop(text):
        return Reply(STOP)
    bare = _bare(text)
    words = _words(bare)
    known = set(words)
    doubtful = bool(known & NOT_WORDS) or "?" in text
    if not doubtful and _claims_payment(text, known) and not _is_ahead(bare, known):
        return Reply(PAID)
    day = None if doubtful else _find_day(bare, words, today, month_first)
    return Reply(PROMISE, day) if day else Reply(MESSAGE)


def _claims_payment(text, known):
    """Whether a message says that something was paid.

    :param set known: its words, bare
    """
    spelt = set(re.findall(r"\w+", unicodedata.normalize("NFC", text.casefold())))
    return bool(
        known & PAID_WORDS
        or spelt & PAID_SPELT
        or (known & PAYMENTS and known & MADE_WORDS)
    )


def _is_ahead(bare, known):
    """Whether a message speaks of what is to come."""
    return bool(known & FUTURE_WORDS or FUTURE_PHRASES.search(bare))


def _find_day(bare, words, today, month_first):
    """The one day to come that a message names; None if none, or more than one."""
    days = {
        day
        for day in (
            *_numeric_days(bare, today, month_first),
            *_named_days(words, today),
        )
        if day and today <= day <= today + timedelta(days=FAR)
    }
    return days.pop() if len(days) == 1 else None


def _numeric_days(bare, today, month_first):
    rest = ISO_DAY.sub(" ", bare)
    for year, month, day in ISO_DAY.findall(bare):
        yield _safe(int(year), int(month), int(day))
    for first, second, year in NUMERIC_DAY.findall(rest):
        day, month = int(first), int(second)
        if month > 12 or (month_first and day <= 12):
            # The twenty-fifth of nothing is a month that stands first.
            day, month = month, day
        if year:
            yield _safe(int(year) + (2000 if len(year) == 2 else 0), month, day)
        else:
            yield _coming(month, day, today)


def _named_days(words, today):
    for place, word in enumerate(words):
        if word in RELATIVE:
            yield today + timedelta(days=RELATIVE[word])
        elif word in WEEKDAYS:
            ahead = (WEEKDAYS[word] - today.weekday()) % 7 or 7
            yield today + timedelta(days=ahead)
        elif word in MONTHS:
            yield _beside(words, place, MONTHS[word], today)


def _beside(words, place, month, today):
    """“3 July”, “July 3rd 2026”: the numbers that stand beside a month."""
    before = words[place - 1] if place else ""
    after = words[place + 1 : place + 4]
    numbers = [word for word in after if word.isdigit()]
    if before in ("er", "st", "nd", "rd", "th", "of", "de") and place > 1:
        before = words[place - 2]
    day = before if before.isdigit() else (numbers.pop(0) if numbers else "")
    if not day or len(day) > 2:
        return None
    if numbers and len(numbers[0]) == 4:
        return _safe(int(numbers[0]), month, int(day))
    return _coming(month, int(day), today)


def _coming(month, day, today):
    """The next such day of the year, today included."""
    this = _safe(today.year, month, day)
    if this and this >= today:
        return this
    return _safe(today.year + 1, month, day)


def _safe(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None
