"""Papers printed to PDF, and what is missing in them."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.credit_management.models import ir_actions_report as printing

from ..engine import papers
from ..report import paper_words as words

LETTER_REPORT = "credit_management_legal.report_paper_letter"
SHEET_REPORT = "credit_management_legal.report_paper_sheet"
# Printed as the core's letters and annexes are: without a web server.
printing.STYLES.setdefault(LETTER_REPORT, printing.LETTER_STYLE)
printing.STYLES.setdefault(SHEET_REPORT, printing.SHEET_STYLE)

#: The kind of event that a printed paper is, where it is more than a document: what is
#: filed or declared has not been so by printing it.
EVENT_OF = {"letter": "letter", "notice": "letter"}
#: Kinds of papers that demand to be paid.
DEMANDS = ("letter", "notice", "filing")
#: Roles that act by their office: no mandate is named.
BY_OFFICE = ("bailiff", "lawyer")
#: The languages of the courts of countries, as far as papers know them.
COURT_LANGS = {
    "AT": ("de",),
    "BE": ("fr", "nl", "de"),
    "CH": ("de", "fr"),
    "DE": ("de",),
    "FR": ("fr",),
    "GB": ("en",),
    "IE": ("en",),
    "LU": ("fr", "de"),
    "NL": ("nl",),
}


class CreditPaper(models.Model):
    _inherit = "credit.paper"

    @api.model
    def _render(self, case, code, lang=None, day=None, items=None):
        """Fill in a paper and print it.

        What is missing is marked on the paper and named in the answer.

        :param case: one ``credit.case``
        :param str code: of the paper
        :param str lang: two letters; by default as :meth:`_lang_for` says
        :param date day: of the claim; by default as :meth:`_claim_day` says
        :param items: only these items of the case
        :return: (name of the file, bytes of the PDF, labels of what is missing)
        :raise UserError: if the paper can't be printed, or a rate is missing without
            which no claim can be reckoned, or it would demand what is not owed
        """
        paper = self._of(code)
        values = paper._values(case, lang, day, items)
        return (
            paper._file_name(case, values["lang"]),
            paper._print(case, values),
            [gap["label"] for gap in values["gaps"]],
        )

    def _lang_for(self, case):
        """The language of the paper: the debtor's for letters, the court's otherwise.

        Where a country has several, the debtor's if it is among them, else the
        company's, else the first one. Where the paper has no text in any of them it is
        the company's, else that of its first text.
        """
        self.ensure_one()
        case = case.sudo()
        debtor = (case.partner_id.lang or "")[:2]
        company = (case.company_id.partner_id.lang or "")[:2]
        if self.layout == "letter":
            return self._text(debtor).lang
        if self.kind == "acknowledgement":
            return self._text((case.party_id.lang or "")[:2] or company).lang
        langs = COURT_LANGS.get(self._court_country(case).code, ())
        known = set(self.text_ids.mapped("lang")) & set(langs)
        wanted = [lang for lang in (debtor, company, *langs) if lang in known]
        return self._text(wanted[0] if wanted else company).lang

    def _court_country(self, case):
        """Where the court sits that gets the paper; empty if nothing tells it."""
        if self.kind == "declaration":
            where = case.insolvency_id.country_id
        else:
            where = self.country_id
        return where or case.partner_id.country_id or case.company_id.country_id

    def _claim_day(self, case):
        """The day of the claim: in an insolvency that of its opening, else today."""
        opened = case.insolvency_day
        if self.kind == "declaration" and opened:
            return opened
        return case.company_id._credit_today()

    def _file_name(self, case, lang):
        """A name that files can have: the case, the paper, the language."""
        return f"{case.name.replace('/', '-')}-{self.code}-{lang}.pdf"

    # ------------------------------------------------------------------
    # What stands on it
    # ------------------------------------------------------------------

    def _values(self, case, lang=None, day=None, items=None):
        """All that a page shows, and what is missing: see :meth:`_render`."""
        self.ensure_one()
        case.ensure_one()
        case.check_access("read")
        day = day or self._claim_day(case)
        text = self._text(lang or self._lang_for(case))
        lang = text.lang
        claim = self._claim(case, day, lang, items)
        if claim["missing"]:
            raise UserError("\n".join(claim["missing"]))
        if self.kind in DEMANDS and claim["total"] <= 0:
            raise UserError(
                self.env._("“%s”: nothing is left to claim.", self.display_name)
            )
        facts = case._paper_facts(self, lang, day, claim)
        gaps = self._gaps(facts, lang, text, claim)
        labels = {gap["code"]: gap["label"] for gap in gaps}
        values = {
            "lang": lang,
            "paper": self,
            "title": text.title,
            "claim": claim,
            "facts": facts,
            "gaps": gaps,
            "word": lambda key, **more: words.word(key, lang, **more),
            "head": self._head(case, facts, lang),
            "address": self._window(case, lang),
            "registered": self.kind == "notice",
            "incomplete": gaps
            and words.word(
                "incomplete", lang, names=", ".join(gap["label"] for gap in gaps)
            ),
        }
        values["body"] = papers.fill(
            text.body, {**facts, **self._parts(case, values, labels)}, labels
        )
        values["title"] = papers.fill(text.title, facts, labels)
        return values

    def _claim(self, case, day, lang, items=None):
        """The table of the claim: see :meth:`CreditCase._paper_claim`.

        What a demand or a filing claims is bound by the procedure of the case; what is
        declared in an insolvency is not, and is that of its record, whatever day and
        items are asked for.
        """
        self.ensure_one()
        if self.kind == "declaration" and case.insolvency_day:
            return case._paper_declaration(lang)
        bound = self.kind not in ("declaration", "acknowledgement")
        most = case.procedure_id.max_extras if bound else 0
        return case._paper_claim(day, lang, items, most)

    def _gaps(self, facts, lang, text, claim):
        """What is missing: list of dict(code, label, mention)."""
        self.ensure_one()
        facts = {**facts, "claim_table": "x" if claim["rows"] else ""}
        absent = papers.missing(
            [(line.code, line.required or line.is_mention) for line in self.field_ids],
            facts,
        )
        unsaid = text._unsaid()
        return [
            {
                "code": line.code,
                "label": line._label(lang),
                "mention": line.is_mention,
                "unsaid": line in unsaid,
            }
            for line in self.field_ids
            if line.code in absent or line in unsaid
        ]

    def _parts(self, case, values, labels):
        """What stands for the placeholders of the layout."""
        self.ensure_one()
        facts, lang = values["facts"], values["lang"]
        qweb = self.env["ir.qweb"]

        def part(name, **more):
            return qweb._render(
                f"credit_management_legal.{name}",
                {**values, **more},
                minimal_qcontext=True,
            ).strip()

        rows = [
            (
                line._label(lang),
                papers.gap(labels[line.code])
                if line.code in labels
                else facts.get(line.code) or "–",
            )
            for line in self.field_ids
            if line.in_sheet
        ]
        return {
            "behalf": values["head"]["behalf"],
            "further": values["claim"]["further"],
            "claim_table": part("paper_claim_table"),
            "summary": part("paper_claim_sums"),
            "fields": part("paper_fields", rows=rows),
            "place_day": words.word(
                "done_at",
                lang,
                place=values["head"]["city"] or "…",
                day=facts["today"],
            ),
        }

    def _head(self, case, facts, lang):
        """Whose name stands at the head and below: dict of texts."""
        self.ensure_one()
        case = case.sudo()
        creditor = case.company_id.partner_id
        author = creditor if self.in_name_of == "creditor" else case.party_id
        behalf = ""
        if author != creditor:
            role = case.party_id.credit_party_role
            named = f"on_behalf_{role}" if role in BY_OFFICE else "on_behalf"
            behalf = words.word(
                named,
                lang,
                creditor=facts["creditor_name"],
                mandate=facts.get("mandate") or "…",
            )
        place = " ".join(filter(None, (author.zip, author.city)))
        number = case._paper_number_named(author, lang)
        phone = words.phone(author.phone)
        footer = (author.street, place, number, phone, author.email)
        return {
            "name": author.name or "",
            "street": author.street or "",
            "place": place,
            "city": author.city or "",
            "phone": phone,
            "email": author.email or "",
            "behalf": behalf,
            "own": author != creditor,
            "footer": [text for text in footer if text],
        }

    def _window(self, case, lang):
        """The debtor's address, line by line; the country only if it is another one."""
        case = case.sudo()
        debtor = case.partner_id
        place = " ".join(filter(None, (debtor.zip, debtor.city)))
        abroad = debtor.country_id - case.company_id.country_id
        country = words.country_name(abroad.code, lang).upper()
        lines = (debtor.name, debtor.street, debtor.street2, place, country)
        return [line for line in lines if line]

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    def _print(self, case, values):
        """The PDF of a paper whose values are known."""
        self.ensure_one()
        name = LETTER_REPORT if self.layout == "letter" else SHEET_REPORT
        report = (
            self.env["ir.actions.report"]
            .with_company(case.company_id)
            ._get_report(name)
        )
        # The case as it is read by whoever prints it; it was checked above.
        streams = report._render_qweb_pdf_prepare_streams(
            report, {"values": values}, res_ids=case.ids
        )
        made = streams.get(case.id) or next(iter(streams.values()), None)
        if not made or not made["stream"]:
            raise UserError(self.env._("“%s” can't be printed.", self.name))
        return made["stream"].getvalue()

    def _preview_of(self, values):
        """The paper as HTML, for the screen; see :meth:`_values`."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "credit_management_legal.paper_preview", values, minimal_qcontext=True
        )

    def _file(self, case, name, content, event_name=None, complete=True, **values):
        """Keep a printed paper with its case, exactly as it was printed.

        :param complete: false if it lacks something and is not to be used
        :param values: further fields of the event, such as ``note``
        :return: the event of the timeline
        """
        self.ensure_one()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": case._name,
                    "res_id": case.id,
                }
            )
        )
        return case._add_event(
            EVENT_OF.get(self.kind, "document") if complete else "document",
            event_name or self.name,
            attachment_ids=[(4, attachment.id)],
            **values,
        )
