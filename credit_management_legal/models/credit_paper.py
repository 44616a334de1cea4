"""Papers of a case, as data: what each must say, by what rule, in which words."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE

from ..engine import papers
from ..report import paper_words

#: What a paper is, and the kind of event that it leaves on the timeline.
KINDS = [
    ("letter", "Letter"),
    ("notice", "Formal notice"),
    ("filing", "Filing with a court"),
    ("declaration", "Claim in an insolvency"),
    ("acknowledgement", "Acknowledgement"),
]
LANGS = [("en", "English"), ("fr", "French"), ("nl", "Dutch"), ("de", "German")]
#: Placeholders of the layout, which are no fields.
LAYOUT = ("behalf", "fields", "further", "place_day", "summary")


class CreditPaper(models.Model):
    """A paper that is filled in from a case and printed.

    The texts are in the paper's own languages, whatever languages are installed: a
    court reads its own. What a rule asks for is a field of the paper with its source
    and how sure that is; what is missing is named before printing and marked on the
    paper.
    """

    _name = "credit.paper"
    _description = "Paper of a Case"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="letter")
    country_id = fields.Many2one(
        "res.country", help="By whose law the paper is made. Empty: any."
    )
    debtor_kind = fields.Selection(
        [("business", "Businesses"), ("consumer", "Consumers")],
        string="Against",
        help="Empty: any debtor.",
    )
    layout = fields.Selection(
        [("letter", "Letter to the debtor"), ("sheet", "Sheet")],
        required=True,
        default="letter",
        help="A letter has the address in the window of the envelope; a sheet is filed "
        "or copied into a form.",
    )
    in_name_of = fields.Selection(
        [("creditor", "The creditor"), ("party", "The third party")],
        string="Written by",
        required=True,
        default="creditor",
        help="Whose name stands at its head and below it.",
    )
    deadline_days = fields.Integer(
        aggregator=None,
        string="Days to pay",
        help="Days that the paper gives the debtor. 0: none.",
    )
    note = fields.Text(
        translate=True, help="What the paper is for, and what to do with it."
    )
    law_text = fields.Text(
        string="Text of the law",
        help="What the paper has to quote word by word, as {{ law_text }}.",
    )
    field_ids = fields.One2many(
        "credit.paper.field", "paper_id", string="Fields", copy=True
    )
    text_ids = fields.One2many(
        "credit.paper.text", "paper_id", string="Texts", copy=True
    )
    lang_names = fields.Char(string="Languages", compute="_compute_lang_names")
    unsure_count = fields.Integer(
        string="To be verified",
        compute="_compute_unsure_count",
        help="Fields whose rule nobody has read in the text of the law.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is a paper of this code already."
    )

    @api.depends("text_ids.lang")
    def _compute_lang_names(self):
        names = dict(LANGS)
        for paper in self:
            paper.lang_names = ", ".join(
                names[lang] for lang in paper.text_ids.mapped("lang")
            )

    @api.depends("field_ids.article", "field_ids.confidence")
    def _compute_unsure_count(self):
        for paper in self:
            paper.unsure_count = len(
                paper.field_ids.filtered(
                    lambda line: line.article and line.confidence != "text"
                )
            )

    @api.model
    def _of(self, code):
        """The paper of a code.

        :raise ValidationError: naming the code, if there is none
        """
        paper = self.search([("code", "=", code)], limit=1)
        if not paper:
            raise ValidationError(self.env._("There is no paper “%s”.", code))
        return paper

    @api.model
    def _suited_domain(self, case):
        """Papers for a case: by the debtor's country and what the law takes it for."""
        debtor = case.sudo().partner_id
        country = debtor.country_id or case.company_id.country_id
        return Domain("country_id", "in", (False, country.id)) & Domain(
            "debtor_kind", "in", (False, debtor.credit_legal_kind)
        )

    def _fits(self, case):
        """Whether a paper is one for a case, see :meth:`_suited_domain`."""
        self.ensure_one()
        return bool(self.filtered_domain(self._suited_domain(case)))

    def _text(self, lang):
        """The text in a language, else the first one of the paper.

        :param str lang: two letters
        :raise ValidationError: if the paper has no text at all
        """
        self.ensure_one()
        texts = self.text_ids
        if not texts:
            raise ValidationError(
                self.env._("“%s” has no text in any language.", self.name)
            )
        return texts.filtered(lambda text: text.lang == lang)[:1] or texts[:1]


class CreditPaperField(models.Model):
    """Something that a paper says, or that a form asks for."""

    _name = "credit.paper.field"
    _description = "Field of a Paper"
    _inherit = ["credit.article.mixin"]
    _order = "paper_id, sequence, id"

    paper_id = fields.Many2one(
        "credit.paper", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True, help="Its name in texts, as in {{ creditor_name }}."
    )
    name = fields.Char(
        string="Label", compute="_compute_name", help="As on screen and on the paper."
    )
    own_label = fields.Char(
        translate=True, help="For a field that the addon does not know."
    )
    required = fields.Boolean(default=True)
    is_mention = fields.Boolean(
        string="Required by law in the text",
        help="A paper that does not say it is not sent.",
    )
    in_sheet = fields.Boolean(
        string="In the table", help="Stands in the table of fields of the paper."
    )
    article = fields.Char(help="Which rule asks for it.")
    source = fields.Char(help="Where it was read, and when.")
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    note = fields.Text(translate=True)

    _code_unique = models.Constraint(
        "UNIQUE (paper_id, code)", "The paper has this field already."
    )

    @api.depends("code", "own_label")
    @api.depends_context("lang")
    def _compute_name(self):
        lang = (self.env.lang or "en")[:2]
        for line in self:
            line.name = paper_words.field_label(
                line.code or "", lang, line.own_label or ""
            )

    def _label(self, lang):
        """What it is called on a paper in a language of two letters."""
        self.ensure_one()
        return paper_words.field_label(self.code, lang, self.own_label or "")


class CreditPaperText(models.Model):
    """The words of a paper in one language."""

    _name = "credit.paper.text"
    _description = "Text of a Paper"
    _order = "paper_id, sequence, id"

    paper_id = fields.Many2one(
        "credit.paper", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(
        default=10, help="The first text is for debtors of any other language."
    )
    lang = fields.Selection(LANGS, string="Language", required=True)
    title = fields.Char(required=True)
    body = fields.Html(
        required=True,
        sanitize_attributes=False,
        help="Shows fields as {{ creditor_name }}, the table of the claim as "
        "{{ claim_table }} and the table of fields as {{ fields }}.",
    )

    _lang_unique = models.Constraint(
        "UNIQUE (paper_id, lang)", "The paper has a text in this language already."
    )

    @api.constrains("body", "title", "paper_id")
    def _check_placeholders(self):
        for text in self:
            known = set(text.paper_id.field_ids.mapped("code")) | set(LAYOUT)
            shown = papers.placeholders(f"{text.title} {text.body}")
            unknown = [name for name in shown if name not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "“%(paper)s” in %(lang)s shows %(names)s, which is no field of "
                        "the paper: add the field, or mend the name.",
                        paper=text.paper_id.name,
                        lang=dict(LANGS)[text.lang],
                        names=", ".join(unknown),
                    )
                )

    def _unsaid(self):
        """Fields that the law wants in this text, and that it does not show."""
        self.ensure_one()
        required = self.paper_id.field_ids.filtered("is_mention")
        codes = papers.says(f"{self.title} {self.body}", required.mapped("code"))
        in_table = "fields" in papers.placeholders(self.body)
        return required.filtered(
            lambda line: line.code in codes and not (in_table and line.in_sheet)
        )
