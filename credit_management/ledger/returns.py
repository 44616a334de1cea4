"""What carriers and print shops say of letters: cells → rows, or why not."""

from dataclasses import dataclass, field
from datetime import date

from ..engine.postal import clean_number, number_problem
from . import formats
from .checker import check_cell
from .columns import Columns, normalize
from .reader import read_columns
from .rows import Problem

COLUMNS = Columns(
    ("reference", "tracking_number", "state", "date", "reason"),
    ("date",),
    {
        "reference": """our reference; customer reference; sender reference; reminder;
            letter; file; votre reference; reference client; reference expediteur;
            reference interne; ref; lettre; relance; referentie; uw referentie;
            klantreferentie; kenmerk; brief; aanmaning; referenz""",
        "tracking_number": """tracking; tracking no; tracking nr; tracking id; barcode;
            item; item id; item number; registered number; shipment number;
            numero de suivi; no de suivi; n de suivi; numero suivi; numero recommande;
            numero de recommande; n recommande; numero d envoi; code barres;
            code a barres; volgnummer; trackingnummer; zendingsnummer; barcodenummer;
            nummer aangetekende zending; aangetekend nummer; sendungsnummer""",
        "state": """status; event; outcome; result; statut; etat; evenement; resultat;
            staat; toestand; gebeurtenis; resultaat; ergebnis""",
        "date": """day; event date; status date; posting date; posted on; date event;
            date evenement; date de l evenement; date statut; date du statut;
            date de depot; date depot; date de distribution; le; datum;
            datum gebeurtenis; statusdatum; datum afgifte; datum status""",
        "reason": """note; comment; remark; message; error; motif; raison; commentaire;
            remarque; erreur; reden; opmerking; fout; motief""",
    },
)

#: What carriers call the states, beside the states' own names.
STATE_WORDS = {
    "posted": """deposited; accepted; mailed; sent; handed over; in transit; printed;
        depose; deposee; pris en charge; prise en charge; poste; postee; expedie;
        expediee; envoye; envoyee; en cours d acheminement; afgegeven; gepost;
        verzonden; in ontvangst genomen; onderweg; aufgegeben; eingeliefert; ok""",
    "presented": """notice left; attempted; attempted delivery; avise; avisee;
        presente; presentee; avis de passage; absent avise; destinataire absent;
        en attente de retrait; aangeboden; bericht gelaten; afwezig; ligt klaar;
        benachrichtigt""",
    "received": """delivered; signed; signed for; collected; distribue; distribuee;
        livre; livree; remis; remise; recu; recue; remis au destinataire; accuse signe;
        afgeleverd; bezorgd; ontvangen; uitgereikt; getekend; zugestellt""",
    "refused": """refuse; refusee; refuse par le destinataire; pli refuse; geweigerd;
        geweigerd door de geadresseerde; annahme verweigert; verweigert""",
    "unclaimed": """not collected; not claimed; returned unclaimed; non reclame;
        non reclamee; pli avise et non reclame; avise non reclame; niet afgehaald;
        niet opgehaald; nicht abgeholt""",
    "undeliverable": """unknown; addressee unknown; wrong address; moved; gone away;
        insufficient address; returned; npai; inconnu; destinataire inconnu;
        inconnu a cette adresse; destinataire inconnu a l adresse;
        n habite pas a l adresse indiquee; adresse incorrecte; adresse incomplete;
        defaut d acces ou d adressage; retour; onbekend; onbekend op dit adres;
        adres onbekend; verhuisd; onvolledig adres; teruggestuurd; unbekannt;
        empfanger unbekannt""",
    "failed": """error; rejected; not printed; not posted; echec; erreur; rejete;
        rejetee; non imprime; mislukt; fout; geweigerd bestand; niet gedrukt;
        fehlgeschlagen""",
}
STATES = {
    normalize(word): state
    for state, words in STATE_WORDS.items()
    for word in (state, *words.split(";"))
}


@dataclass
class ReturnRow:
    """A row of the file: one thing that became of one letter.

    ``state`` is a key of :data:`STATE_WORDS`: ``failed`` where a print shop could not
    make or post the letter, the others as in :mod:`..engine.postal`. ``problems`` say
    why a row is bad.
    """

    number: int
    reference: str = ""
    tracking_number: str = ""
    state: str = ""
    day: date | None = None
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)


def check_returns(data, filename):
    """Read a return file and check each of its rows by itself.

    Without a column of states every letter of the file is one that was posted.

    :param bytes data: its content
    :param filename: its name
    :return: list of :class:`ReturnRow`
    :raises FileProblem: if the file as a whole can't be used
    """
    either = ("tracking_number", "reference")
    table, mapping, _ignored = read_columns(data, filename, COLUMNS, either)
    index = mapping["date"]
    days = [cells[index] for __, cells in table.rows if index < len(cells)]
    order = formats.day_order(days) or "dmy"
    return [_row(number, cells, mapping, order) for number, cells in table.rows]


def _row(number, cells, mapping, order):
    row = ReturnRow(number)
    raw = {
        name: cells[index] if index < len(cells) else ""
        for name, index in mapping.items()
    }
    for name, value in raw.items():
        check_cell(name, value, row.problems)
    if row.problems:
        return row
    row.reference = _text(raw.get("reference"))[:64]
    row.reason = _text(raw.get("reason"))[:200]
    row.tracking_number = clean_number(_text(raw.get("tracking_number")))
    if row.tracking_number and (code := number_problem(row.tracking_number)):
        shown = {"value": _text(raw["tracking_number"])[:40]}
        row.problems.append(Problem("tracking_number", code, shown))
    if not row.reference and not row.tracking_number:
        row.problems.append(Problem("tracking_number", "missing", {}))
    text = _text(raw.get("state"))
    row.state = STATES.get(normalize(text), "") if "state" in mapping else "posted"
    if not row.state:
        code = "state" if text else "missing"
        row.problems.append(Problem("state", code, {"value": text[:40]}))
    try:
        row.day = formats.parse_date(raw["date"], order)
    except formats.FormatError as error:
        shown = {"value": _text(raw["date"])[:40]}
        row.problems.append(Problem("date", error.code, shown))
    else:
        if not row.day:
            row.problems.append(Problem("date", "missing", {}))
    return row


def _text(value):
    if isinstance(value, float) and value.is_integer():
        # Workbooks know numbers only.
        value = int(value)
    return "" if value is None else " ".join(str(value).split())
