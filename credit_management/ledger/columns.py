"""Which column holds what, found by the names in the header."""

import re
import unicodedata

#: Fields of a ledger in the order in which they are explained to the user.
FIELDS = (
    "customer",
    "customer_ref",
    "email",
    "language",
    "country",
    "vat",
    "invoice",
    "invoice_date",
    "due_date",
    "amount",
    "currency",
    "paid_amount",
    "payment_date",
    "disputed",
    "step",
    "reminded_on",
    "description",
)
REQUIRED = ("customer", "invoice", "invoice_date", "due_date", "amount")

#: Names in English, French and Dutch, besides the field's own.
SYNONYMS = {
    "customer": """customer name; client; debtor; debtor name; account name; partner;
        company; company name; client name; nom; nom client; nom du client; raison
        sociale; debiteur; tiers; klant; klantnaam; naam; naam klant; bedrijf;
        bedrijfsnaam; naam van de klant""",
    "customer_ref": """customer number; customer id; customer code; customer no;
        customer reference; client number; client id; client code; account number;
        debtor number; code client; numero client; numero de client; no client;
        n client; reference client; ref client; code tiers; compte client; klantnummer;
        klantcode; klantnr; klant nr; klant id; debiteurnummer; debiteurennummer""",
    "email": """e mail; mail; email address; e mail address; mail address; courriel;
        adresse e mail; adresse email; adresse mail; adresse electronique; e mailadres;
        emailadres; mailadres""",
    "language": "lang; language code; langue; code langue; taal; taalcode",
    "country": "country code; pays; code pays; land; landcode",
    "vat": """vat number; vat no; vat id; tax id; tva; numero tva; numero de tva;
        no tva; n tva; n de tva; btw; btw nummer; btwnummer; btw nr;
        ondernemingsnummer""",
    "invoice": """invoice number; invoice no; invoice nr; invoice id; invoice ref;
        invoice reference; document; document number; number; facture; numero facture;
        numero de facture; no facture; n facture; n de facture; numero; piece;
        numero de piece; reference facture; factuur; factuurnummer; factuurnr;
        factuur nr; nummer; documentnummer""",
    "invoice_date": """date; date of invoice; document date; issue date; date facture;
        date de facture; date de la facture; date de facturation; date piece;
        date d emission; date emission; factuurdatum; datum; documentdatum""",
    "due_date": """due; due on; date due; maturity; maturity date; payment due;
        payment due date; echeance; date echeance; date d echeance; date de l echeance;
        vervaldatum; vervaldag; vervalt op""",
    "amount": """invoice amount; total; total amount; amount total; gross amount;
        montant; montant facture; montant de la facture; montant ttc; total ttc;
        montant total; bedrag; factuurbedrag; totaal; totaalbedrag; bedrag incl btw""",
    "currency": "currency code; devise; code devise; monnaie; munt; valuta; muntcode",
    "paid_amount": """paid; amount paid; payment amount; payment; settled amount;
        amount settled; paye; montant paye; montant regle; regle; paiement; acompte;
        betaald; betaald bedrag; bedrag betaald; betaling""",
    "payment_date": """settled date; date settled; settlement date; date of payment;
        date paid; paid date; paid on; paid in full on; clear date; clearing date;
        date paiement; date de paiement; date du paiement; date reglement;
        date de reglement; date du reglement; paye le; regle le; betaaldatum;
        betalingsdatum; datum betaling; betaald op""",
    "disputed": """dispute; in dispute; contested; litige; en litige; conteste;
        contestee; betwist; betwisting; in betwisting; geschil""",
    "step": """step reached; step already reached; reminder step; reminder level; level;
        reminders sent; dunning level; follow up level; etape; etape atteinte;
        etape deja atteinte; niveau; niveau de relance; relance; stap; bereikte stap;
        reeds bereikte stap; aanmaningsniveau; herinneringsniveau; aanmaning""",
    "reminded_on": """last reminder on; last reminder; last reminder date; reminder
        date; last reminded; last reminded on; date of last reminder; date last
        reminder; last dunning date; last follow up; derniere relance; derniere
        relance le; date derniere relance; date de derniere relance; date de la
        derniere relance; date relance; date de relance; relance le; dernier rappel;
        dernier rappel le; date dernier rappel; date du dernier rappel; laatste
        aanmaning; laatste aanmaning op; datum laatste aanmaning; aanmaningsdatum;
        laatste herinnering; laatste herinnering op; datum laatste herinnering;
        herinneringsdatum""",
    "description": """product; product or service; service; what; label; subject;
        libelle; libelle facture; objet; designation; produit; prestation;
        omschrijving; omschrijving factuur; product of dienst; dienst; onderwerp""",
}


def normalize(name):
    """``"N° de facture "`` → ``"n de facture"``: what names are compared by."""
    text = unicodedata.normalize("NFKD", str(name or "")).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", text.replace("°", " ")).split())


class Columns:
    """The columns that a kind of file may have.

    :param fields: names of the fields, as they are explained to the user
    :param required: those without which the file can't be used
    :param dict synonyms: other names of a field's column, separated by semicolons
    """

    def __init__(self, fields, required, synonyms):
        self.fields = fields
        self.required = required
        self.names = {}
        for field in fields:
            self.names[normalize(field)] = field
            for name in synonyms.get(field, "").split(";"):
                self.names[normalize(name)] = field

    def recognized(self, cells):
        """How many fields the cells would name if they were the header."""
        names = self.names
        return len({names[name] for name in map(normalize, cells) if name in names})

    def find(self, header):
        """Find the fields in a header.

        :return: ``(mapping, ignored, missing, twice)``: field → index of its column,
            names of the columns nobody asked for, required fields without a column, and
            ``(field, first name, second name)`` of fields that two columns claim.
        """
        mapping, ignored, twice = {}, [], []
        for index, name in enumerate(header):
            field = self.names.get(normalize(name))
            if field is None:
                if str(name or "").strip():
                    ignored.append(str(name).strip())
            elif field in mapping:
                # Its own name wins over a synonym; two synonyms leave it undecided.
                first = header[mapping[field]]
                if normalize(first) == normalize(field) != normalize(name):
                    ignored.append(str(name).strip())
                elif normalize(name) == normalize(field) != normalize(first):
                    ignored.append(str(first).strip())
                    mapping[field] = index
                else:
                    twice.append((field, str(first).strip(), str(name).strip()))
            else:
                mapping[field] = index
        missing = [field for field in self.required if field not in mapping]
        return mapping, ignored, missing, twice


LEDGER = Columns(FIELDS, REQUIRED, SYNONYMS)
