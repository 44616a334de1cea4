"""The words of papers that are filled in, in the languages of the papers.

A paper for a court is in the language of the court, whatever languages are installed:
so these words are no translations of the interface. What is not here in a language is
told in English.
"""

from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from odoo.addons.credit_management.report.wording import first_of_month

#: Locales by which amounts and dates of a paper are written.
LOCALES = {"en": "en_001", "fr": "fr_FR", "nl": "nl_BE", "de": "de_DE"}
#: Where the symbol of a currency stands.
PATTERNS = {"after": "#,##0.00\xa0¤", "before": "¤\xa0#,##0.00"}

#: What the fields of papers are called: {name: (English, French, Dutch, German)}.
FIELDS = {
    "administrator_address": (
        "Address of the administrator",
        "Adresse du mandataire",
        "Adres van de curator",
        "Anschrift des Verwalters",
    ),
    "administrator_name": (
        "Insolvency administrator",
        "Mandataire, liquidateur ou curateur",
        "Curator of bewindvoerder",
        "Insolvenzverwalter",
    ),
    "amount_words": (
        "In words",
        "En toutes lettres",
        "In woorden",
        "In Worten",
    ),
    "case_ref": ("Our reference", "Notre référence", "Ons kenmerk", "Unser Zeichen"),
    "cause": (
        "Ground of the claim",
        "Fondement de la créance",
        "Grondslag van de vordering",
        "Grund des Anspruchs",
    ),
    "catalogue": (
        "Number in the catalogue of claims",
        "Numéro du catalogue des créances",
        "Nummer in de lijst van vorderingen",
        "Katalognummer des Anspruchs",
    ),
    "claim_table": (
        "Statement of the claim",
        "Décompte de la créance",
        "Afrekening van de schuldvordering",
        "Forderungsaufstellung",
    ),
    "contested_court": (
        "Court for a contested claim",
        "Tribunal en cas de contestation",
        "Rechtbank bij betwisting",
        "Prozessgericht für das streitige Verfahren",
    ),
    "counter_performance": (
        "Counter-performance (rendered, or none)",
        "Contre-prestation (fournie, ou sans objet)",
        "Tegenprestatie (geleverd, of niet van toepassing)",
        "Gegenleistung (erbracht oder nicht geschuldet)",
    ),
    "court": ("Court", "Juridiction", "Rechtbank", "Gericht"),
    "creditor_address": (
        "Creditor's address",
        "Adresse du créancier",
        "Adres van de schuldeiser",
        "Anschrift des Gläubigers",
    ),
    "creditor_form": (
        "Creditor's legal form",
        "Forme juridique du créancier",
        "Rechtsvorm van de schuldeiser",
        "Rechtsform des Gläubigers",
    ),
    "creditor_name": ("Creditor", "Créancier", "Schuldeiser", "Gläubiger"),
    "creditor_number": (
        "Creditor's company number",
        "Numéro d’entreprise du créancier",
        "Ondernemingsnummer van de schuldeiser",
        "Registernummer des Gläubigers",
    ),
    "creditor_representative": (
        "Creditor's legal representative",
        "Représentant légal du créancier",
        "Wettelijke vertegenwoordiger van de schuldeiser",
        "Gesetzlicher Vertreter des Gläubigers",
    ),
    "cross_border": (
        "Cross-border nature",
        "Caractère transfrontalier",
        "Grensoverschrijdend karakter",
        "Grenzüberschreitender Charakter",
    ),
    "deadline": ("To be paid by", "À payer avant le", "Te betalen voor", "Zahlbar bis"),
    "debtor_address": (
        "Debtor's address",
        "Adresse du débiteur",
        "Adres van de schuldenaar",
        "Anschrift des Schuldners",
    ),
    "debtor_form": (
        "Debtor's legal form",
        "Forme juridique du débiteur",
        "Rechtsvorm van de schuldenaar",
        "Rechtsform des Schuldners",
    ),
    "debtor_name": ("Debtor", "Débiteur", "Schuldenaar", "Schuldner"),
    "debtor_number": (
        "Debtor's company number",
        "Numéro d’entreprise du débiteur",
        "Ondernemingsnummer van de schuldenaar",
        "Registernummer des Schuldners",
    ),
    "debtor_writing": (
        "Writing of the debtor (order, contract)",
        "Écrit émanant du débiteur (commande, contrat)",
        "Geschrift van de schuldenaar (bestelling, contract)",
        "Schriftstück des Schuldners (Bestellung, Vertrag)",
    ),
    "evidence": (
        "Evidence",
        "Moyens de preuve",
        "Bewijsmiddelen",
        "Beweismittel",
    ),
    "exhibits": (
        "Documents enclosed",
        "Pièces jointes",
        "Bijgevoegde stukken",
        "Anlagen",
    ),
    "interest_rule": (
        "Interest: rate and from when",
        "Intérêts : taux et point de départ",
        "Rente: voet en aanvang",
        "Zinsen: Satz und Beginn",
    ),
    "judgment_date": (
        "Date of the opening judgment",
        "Date du jugement d’ouverture",
        "Datum van het openingsvonnis",
        "Datum des Eröffnungsbeschlusses",
    ),
    "jurisdiction": (
        "Ground of jurisdiction",
        "Chef de compétence",
        "Grond van bevoegdheid",
        "Begründung der Zuständigkeit",
    ),
    "law_text": (
        "Text of the law to be quoted",
        "Texte légal à reproduire",
        "Over te nemen wettekst",
        "Wiederzugebender Gesetzestext",
    ),
    "lawyer": ("Lawyer", "Avocat", "Advocaat", "Rechtsanwalt"),
    "mandate": ("Mandate", "Mandat", "Mandaat", "Vollmacht"),
    "notice_date": (
        "Date of the formal notice",
        "Date de la mise en demeure",
        "Datum van de ingebrekestelling",
        "Datum der Mahnung",
    ),
    "party_address": (
        "Third party's address",
        "Adresse du tiers",
        "Adres van de derde",
        "Anschrift des Dritten",
    ),
    "party_contact": (
        "Third party's telephone or e-mail",
        "Téléphone ou courriel du tiers",
        "Telefoon of e-mail van de derde",
        "Telefon oder E-Mail des Dritten",
    ),
    "party_name": ("Third party", "Tiers chargé du dossier", "Derde", "Beauftragter"),
    "party_number": (
        "Third party's company number",
        "Numéro d’entreprise du tiers",
        "Ondernemingsnummer van de derde",
        "Registernummer des Dritten",
    ),
    "payment": ("How to pay", "Moyen de paiement", "Wijze van betaling", "Zahlungsweg"),
    "products": (
        "What was delivered",
        "Biens ou services fournis",
        "Geleverde goederen of diensten",
        "Gelieferte Waren oder Leistungen",
    ),
    "received": (
        "Payment received",
        "Paiement reçu",
        "Ontvangen betaling",
        "Erhaltene Zahlung",
    ),
    "securities": (
        "Securities or privileges (“none” if so)",
        "Sûretés ou privilèges (« néant » le cas échéant)",
        "Zekerheden of voorrechten (“geen” indien zo)",
        "Sicherheiten oder Vorrechte („keine“, wenn so)",
    ),
    "not_summons": (
        "Sentence that it is no summons",
        "Phrase : pas une assignation",
        "Zin: geen dagvaarding",
        "Satz: keine Vorladung",
    ),
    "rights": (
        "Debtor's rights",
        "Droits du débiteur",
        "Rechten van de schuldenaar",
        "Rechte des Schuldners",
    ),
    "supervisor": (
        "Supervisory authority",
        "Autorité de contrôle",
        "Toezichthoudende overheid",
        "Aufsichtsbehörde",
    ),
    "today": ("Date", "Date", "Datum", "Datum"),
    "total": ("Amount claimed", "Montant réclamé", "Gevorderd bedrag", "Betrag"),
    "transfer": (
        "If the debtor opposes (“go on” or “end”)",
        "En cas d’opposition (« poursuivre » ou « mettre fin »)",
        "Bij verweer (“voortzetten” of “beëindigen”)",
        "Bei Einspruch („fortführen“ oder „beenden“)",
    ),
}

#: Words of the layout.
WORDS = {
    "amount": ("Amount", "Montant", "Bedrag", "Betrag"),
    "open": ("Open", "Solde", "Openstaand", "Offen"),
    "invoice": ("Invoice", "Facture", "Factuur", "Rechnung"),
    "date": ("Date", "Date", "Datum", "Datum"),
    "due": ("Due date", "Échéance", "Vervaldag", "Fällig"),
    "sum": ("Total", "Total", "Totaal", "Summe"),
    "principal": ("Principal", "Principal", "Hoofdsom", "Hauptforderung"),
    "interest": (
        "Interest up to and including {day}",
        "Intérêts arrêtés au {day}",
        "Rente tot en met {day}",
        "Zinsen bis einschließlich {day}",
    ),
    "interest_short": ("Interest", "Intérêts", "Rente", "Zinsen"),
    "indemnity": (
        "Fixed indemnity",
        "Indemnité forfaitaire",
        "Forfaitaire vergoeding",
        "Pauschale",
    ),
    "clause": ("Penalty clause", "Clause pénale", "Schadebeding", "Vertragsstrafe"),
    "cost": ("Costs", "Frais", "Kosten", "Kosten"),
    "fee": ("Fees", "Frais", "Kosten", "Gebühren"),
    "charges": ("Charges", "Accessoires", "Toebehoren", "Nebenforderungen"),
    "costs": ("Costs of acts", "Frais exposés", "Gemaakte kosten", "Kosten"),
    "paid": (
        "Less payments",
        "Paiements à déduire",
        "Af: betalingen",
        "Abzüglich Zahlungen",
    ),
    "credit": (
        "Less credits not matched yet",
        "Avoirs et paiements à déduire",
        "Af: nog te verrekenen tegoeden",
        "Abzüglich Gutschriften",
    ),
    "set_off": (
        "Credits to be set off",
        "Avoirs et paiements à compenser",
        "Te verrekenen tegoeden",
        "Aufzurechnende Guthaben",
    ),
    "held": (
        "Received by the third party",
        "Reçu par le tiers",
        "Ontvangen door de derde",
        "Von dem Dritten empfangen",
    ),
    "above": (
        "Interest and clauses above {percent} % of the principal, not claimed",
        "Intérêts et clauses au-delà de {percent} % du principal, non réclamés",
        "Rente en bedingen boven {percent} % van de hoofdsom, niet gevorderd",
        "Zinsen und Klauseln über {percent} % der Hauptforderung, nicht gefordert",
    ),
    "total": ("Total claimed", "Total réclamé", "Totaal gevorderd", "Gesamtbetrag"),
    "in_words": ("In words:", "En toutes lettres :", "In woorden:", "In Worten:"),
    "incomplete": (
        "Incomplete – not to be used. Missing: {names}",
        "Incomplet – à ne pas utiliser. Il manque : {names}",
        "Onvolledig – niet te gebruiken. Ontbreekt: {names}",
        "Unvollständig – nicht zu verwenden. Es fehlt: {names}",
    ),
    "registered": (
        "Registered letter with acknowledgement of receipt",
        "Lettre recommandée avec avis de réception",
        "Aangetekende brief met ontvangstbewijs",
        "Einschreiben mit Rückschein",
    ),
    "on_behalf": (
        "acting for {creditor}, {mandate}",
        "agissant pour le compte de {creditor}, {mandate}",
        "handelend voor rekening van {creditor}, {mandate}",
        "im Auftrag von {creditor}, {mandate}",
    ),
    "on_behalf_bailiff": (
        "at the request of {creditor}",
        "à la demande de {creditor}",
        "op verzoek van {creditor}",
        "im Auftrag von {creditor}",
    ),
    "on_behalf_lawyer": (
        "lawyer of {creditor}",
        "avocat de {creditor}",
        "advocaat van {creditor}",
        "Rechtsanwalt von {creditor}",
    ),
    "mandate": (
        "by the mandate “{number}” of {day}",
        "en vertu du mandat «\u00a0{number}\u00a0» du {day}",
        "krachtens het mandaat “{number}” van {day}",
        "mit Vollmacht „{number}“ vom {day}",
    ),
    "mandate_of": (
        "by the mandate of {day}",
        "en vertu du mandat du {day}",
        "krachtens het mandaat van {day}",
        "mit Vollmacht vom {day}",
    ),
    "page": ("Page", "Page", "Pagina", "Seite"),
    "account": (
        "by transfer to {account} in the name of {holder}, reference {reference}",
        "par virement au compte {account} de {holder}, communication {reference}",
        "door overschrijving op {account} van {holder}, mededeling {reference}",
        "durch Überweisung auf {account}, {holder}, Verwendungszweck {reference}",
    ),
    "signature": ("Signature", "Signature", "Handtekening", "Unterschrift"),
    "done_at": (
        "Done at {place}, on {day}",
        "Fait à {place}, le {day}",
        "Opgemaakt te {place}, op {day}",
        "{place}, den {day}",
    ),
    "unpaid": (
        "unpaid invoices {names}",
        "factures impayées {names}",
        "onbetaalde facturen {names}",
        "offene Rechnungen {names}",
    ),
    "unpaid_one": (
        "unpaid invoice {names}",
        "facture impayée {names}",
        "onbetaalde factuur {names}",
        "offene Rechnung {names}",
    ),
    "not_summons": (
        "This letter is about an amicable collection. It is no summons before a court "
        "and no seizure.",
        "Cette lettre concerne un recouvrement amiable. Elle n’est ni une assignation "
        "en justice ni une saisie.",
        "Deze brief betreft een minnelijke invordering. Hij is geen dagvaarding voor "
        "de rechtbank en geen beslag.",
        "Dieses Schreiben betrifft eine gütliche Einziehung. Es ist weder eine "
        "Vorladung vor Gericht noch eine Pfändung.",
    ),
    "rights": (
        "You may ask us for all documents that prove the debt. You may contest it, in "
        "writing and saying why, or ask to pay in instalments: we then suspend "
        "collection while your request is looked at.",
        "Vous pouvez nous demander toutes les pièces qui prouvent la dette. Vous "
        "pouvez la contester par écrit en disant pourquoi, ou demander des facilités "
        "de paiement : nous suspendons alors le recouvrement pendant l’examen de "
        "votre demande.",
        "U kunt ons alle stukken vragen die de schuld bewijzen. U kunt ze schriftelijk "
        "en met redenen betwisten, of om een afbetalingsplan vragen: wij schorten de "
        "invordering dan op zolang uw vraag wordt onderzocht.",
        "Sie können alle Belege der Schuld verlangen. Sie können sie schriftlich und "
        "mit Gründen bestreiten oder um Ratenzahlung bitten: Wir setzen die "
        "Einziehung aus, solange Ihr Anliegen geprüft wird.",
    ),
    "supervisor": (
        "FPS Economy, Economic Inspection",
        "SPF Économie, Inspection économique",
        "FOD Economie, Economische Inspectie",
        "FÖD Wirtschaft, Wirtschaftsinspektion",
    ),
    "more": (
        "{names} and {count} more",
        "{names} et {count} autres",
        "{names} en {count} andere",
        "{names} und {count} weitere",
    ),
    "since": ("from {day}", "dès le {day}", "vanaf {day}", "ab {day}"),
    "further": (
        ", with further interest at the rate due on {amount} from {day} until payment",
        ", outre les intérêts au taux applicable sur {amount} à compter du {day} "
        "jusqu’au paiement",
        ", met de verdere rente tegen de geldende rentevoet op {amount} vanaf {day} "
        "tot de betaling",
        ", nebst weiteren Zinsen zum jeweils geltenden Satz aus {amount} ab dem {day} "
        "bis zur Zahlung",
    ),
    "rates_of": (
        "{names}: {rates}",
        "{names}\u00a0: {rates}",
        "{names}: {rates}",
        "{names}: {rates}",
    ),
    "semicolon": ("; ", "\u00a0; ", "; ", "; "),
    "rate_from": (
        "{rate} a year from {day}",
        "{rate} l’an à compter du {day}",
        "{rate} per jaar vanaf {day}",
        "{rate} jährlich seit {day}",
    ),
}
ORDER = ("en", "fr", "nl", "de")


def _pick(table, key, lang):
    texts = table[key]
    return texts[ORDER.index(lang) if lang in ORDER else 0]


def word(key, lang, **values):
    """A word of the layout in a language of two letters."""
    return _pick(WORDS, key, lang).format(**values)


def field_label(name, lang, fallback=""):
    """What a field is called in a language of two letters."""
    return _pick(FIELDS, name, lang) if name in FIELDS else fallback or name


def day_text(day, lang):
    """A day in full, as “5 March 2026”; an empty text for none."""
    if not day:
        return ""
    text = format_date(day, format="long", locale=LOCALES.get(lang, "en_001"))
    return first_of_month(text, lang)


def short_day(day, lang):
    """A day in a table."""
    if not day:
        return ""
    styles = {"fr": "dd/MM/yyyy", "nl": "dd/MM/yyyy", "de": "dd.MM.yyyy"}
    return format_date(
        day, format=styles.get(lang, "medium"), locale=LOCALES.get(lang, "en_001")
    )


def money(minor, currency, decimals, lang, position="after"):
    """An amount of minor units: its figures as a language writes them.

    :param int minor: may be negative
    :param str currency: ISO code
    :param int decimals: decimal places of the currency
    :param str position: on which side the symbol stands, as in all else that Odoo
        prints: one debtor gets a reminder and a paper
    """
    amount = Decimal(abs(minor)).scaleb(-decimals)
    text = format_currency(
        amount,
        currency,
        format=PATTERNS[position],
        locale=LOCALES.get(lang, "en_001"),
    )
    return f"\N{MINUS SIGN}{text}" if minor < 0 else text


def phone(number):
    """A telephone number that stays on one line; empty for none."""
    return (number or "").replace(" ", "\N{NO-BREAK SPACE}")


def country_name(code, lang):
    """A country in a language of two letters."""
    return Locale.parse(LOCALES.get(lang, "en_001")).territories.get(code, code or "")


def joined(names, lang, most=8):
    """Names in a row, the rest of many as a number."""
    names = [name for name in names if name]
    shown = ", ".join(names[:most])
    if len(names) <= most:
        return shown
    return word("more", lang, names=shown, count=len(names) - most)
