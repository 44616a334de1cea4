from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.credit_management.models.credit_article import article_text

from ..models.credit_paper import LANGS
from ..models.credit_paper_facts import SETTLED, answer_name

#: The paper that a third party begins with, where no procedure asks for one.
PARTY_PAPERS = {"lawyer": "lawyer_letter", "bailiff": "bailiff_notice"}


class CreditPaperPrint(models.TransientModel):
    """Choose a paper for a case, see what is missing, complete it, print it."""

    _name = "credit.paper.print"
    _description = "Print a Paper"

    case_id = fields.Many2one("credit.case", required=True, readonly=True)
    company_id = fields.Many2one(related="case_id.company_id")
    act_id = fields.Many2one(
        "credit.case.act",
        readonly=True,
        help="The stage of the track that is done by printing.",
    )
    suited_ids = fields.Many2many("credit.paper", compute="_compute_suited_ids")
    paper_id = fields.Many2one(
        "credit.paper", required=True, domain="[('id', 'in', suited_ids)]"
    )
    note = fields.Text(related="paper_id.note", string="What it is for")
    lang = fields.Selection(
        LANGS,
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    day = fields.Date(
        string="Claim at",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Interest runs until the end of this day.",
    )
    line_ids = fields.One2many(
        "credit.paper.print.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    missing_text = fields.Text(string="Missing", compute="_compute_preview_html")
    unlawful = fields.Boolean(
        compute="_compute_preview_html",
        help="Something is missing that the law wants said.",
    )
    preview_html = fields.Html(
        string="Preview", compute="_compute_preview_html", sanitize=False
    )

    @api.depends("case_id")
    def _compute_suited_ids(self):
        papers = self.env["credit.paper"]
        for wizard in self:
            wizard.suited_ids = papers.search(papers._suited_domain(wizard.case_id))

    @api.depends("paper_id", "case_id")
    def _compute_lang(self):
        for wizard in self:
            paper, case = wizard.paper_id, wizard.case_id
            wizard.lang = paper and paper.text_ids and paper._lang_for(case)
            wizard.day = paper and case and paper._claim_day(case)

    @api.depends("paper_id", "lang", "day")
    def _compute_line_ids(self):
        for wizard in self:
            commands = [fields.Command.clear()]
            for line in wizard._fields_shown():
                commands.append(fields.Command.create(line))
            wizard.line_ids = commands

    def _fields_shown(self):
        """The fields of the paper with what the case says: values of lines."""
        if not self._is_ready():
            return []
        case, paper = self.case_id, self.paper_id
        claim = paper._claim(case, self.day, self.lang)
        facts = case._paper_facts(paper, self.lang, self.day, claim)
        hidden = {"claim_table", "law_text"}
        if not paper.country_id:
            # A paper for any country has fields that one law alone asks for.
            hidden |= case._paper_unfit()
        return [
            {
                "field_id": line.id,
                "value": facts.get(line.code) or "",
                "known": facts.get(line.code) or "",
            }
            for line in paper.field_ids
            if line.code not in hidden
        ]

    def _is_ready(self):
        texts = self.paper_id.text_ids.filtered(lambda text: text.lang == self.lang)
        return bool(self.case_id and texts and self.day)

    def _entered(self):
        """What somebody changed: {name of a field: text}."""
        return {
            answer_name(self.paper_id, line.field_id.code): (line.value or "").strip()
            for line in self.line_ids
            if (line.value or "").strip() != (line.known or "").strip()
        }

    @api.depends("paper_id", "lang", "day", "line_ids.value")
    def _compute_preview_html(self):
        for wizard in self:
            wizard.missing_text = wizard.preview_html = wizard.unlawful = False
            if not wizard._is_ready():
                continue
            case = wizard.case_id.with_context(credit_paper_answers=wizard._entered())
            try:
                values = wizard.paper_id._values(case, wizard.lang, wizard.day)
            except UserError as error:
                wizard.missing_text = str(error)
                continue
            wizard.missing_text = "\n".join(gap["label"] for gap in values["gaps"])
            wizard.unlawful = any(gap["mention"] for gap in values["gaps"])
            wizard.preview_html = wizard.paper_id._preview_of(values)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def _open(self, case, paper=None):
        """Open the papers of a case, the one that the procedure needs next first.

        :raise UserError: if no paper suits the case
        """
        case.check_access("read")
        papers = self.env["credit.paper"]
        if not paper:
            suited = papers.search(papers._suited_domain(case))
            wanted = (case._acts_awaited() | case.stage_id)._paper_codes()
            own = PARTY_PAPERS.get(case.party_id.credit_party_role)
            paper = (
                suited.filtered(lambda one: one.code in wanted[:1])
                or suited.filtered(lambda one: one.code == own)
                or suited
            )[:1]
        if not paper:
            raise UserError(
                self.env._("No paper is made for the debtor's country and kind.")
            )
        wizard = self.create({"case_id": case.id, "paper_id": paper.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Papers"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_print(self):
        """Print the paper and keep it with the case, exactly as it is printed.

        :raise UserError: if the law wants something said that it does not say
        """
        self.ensure_one()
        case, paper = self.case_id, self.paper_id
        if not self.env.user.has_group("credit_management.group_collector"):
            raise AccessError(
                self.env._("Papers are printed by collectors and managers of credit.")
            )
        entered = self._entered()
        if entered:
            # In sudo: whoever prints papers completes them, in open cases too.
            case.sudo()._keep_paper_answers(entered)
        values = paper._values(case, self.lang, self.day)
        unsaid = [gap["label"] for gap in values["gaps"] if gap["mention"]]
        if unsaid and paper.kind == "notice":
            raise UserError(
                self.env._(
                    "“%(paper)s” can't be sent: the law wants it to say %(names)s.",
                    paper=paper.name,
                    names=", ".join(unsaid),
                )
            )
        if paper.kind == "declaration" and values["claim"]["total"] <= 0:
            raise UserError(
                self.env._(
                    "“%s” can't be printed: nothing is left to declare.", paper.name
                )
            )
        content = paper._print(case, values)
        complete = not values["gaps"]
        event = paper._file(
            case,
            paper._file_name(case, values["lang"]),
            content,
            complete=complete,
            **self._event_values(values),
        )
        if complete and self.act_id.state in ("to_do", "under_way"):
            self.act_id._finish(event)
        attachment = event.sudo().attachment_ids[:1]
        url = f"/web/content/{attachment.id}?download=true"
        follows = complete and self._note_action()
        if not follows:
            return {
                "type": "ir.actions.act_url",
                "url": url,
                "target": "self",
                "close": True,
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("Printed and kept with the case"),
                "message": "%s",
                "links": [{"label": attachment.name, "url": url}],
                "next": follows,
            },
        }

    def _note_action(self):
        """Where to note that what was printed is filed or declared, once it is.

        :return: an action, or False where the case does not wait for that
        """
        case, paper = self.case_id, self.paper_id
        if paper.kind == "declaration":
            record = case.insolvency_id
            if record.state != "open" or record.date_declared:
                return False
            return record._get_records_action(
                name=self.env._("Declared today?"), target="new"
            )
        if paper.kind != "filing" or case.state not in ("draft", "open"):
            return False
        act = case._acts_awaited().filtered(
            lambda one: paper.code in one._paper_codes()
        )
        if not act:
            return False
        action = case.action_note_event()
        action["name"] = self.env._("Filed today?")
        action["context"] = {
            **action["context"],
            "default_stage_id": act[0].id,
            "default_show_all": act[0] not in case.stage_id.next_ids,
        }
        return action

    def _event_values(self, values):
        """What the timeline says besides: gaps that were printed as such."""
        names = [gap["label"] for gap in values["gaps"]]
        if not names:
            return {}
        return {"note": self.env._("Printed without: %s", ", ".join(names))}


class CreditPaperPrintLine(models.TransientModel):
    """One field of a paper that is about to be printed."""

    _name = "credit.paper.print.line"
    _description = "Field of a Paper to Print"

    wizard_id = fields.Many2one("credit.paper.print", required=True, ondelete="cascade")
    field_id = fields.Many2one("credit.paper.field", required=True, readonly=True)
    label = fields.Char(related="field_id.name")
    required = fields.Boolean(related="field_id.required")
    is_mention = fields.Boolean(related="field_id.is_mention")
    article = fields.Char(compute="_compute_article")
    source = fields.Char(related="field_id.source")
    confidence = fields.Selection(related="field_id.confidence")
    value = fields.Text()
    known = fields.Text(readonly=True, help="What the case says by itself.")
    is_settled = fields.Boolean(
        compute="_compute_is_missing", help="It follows from the books and the law."
    )
    is_missing = fields.Boolean(string="To be completed", compute="_compute_is_missing")

    @api.depends("field_id")
    @api.depends_context("lang")
    def _compute_article(self):
        for line in self:
            line.article = article_text(self.env, line.field_id.article)

    @api.depends("value", "field_id")
    def _compute_is_missing(self):
        for line in self:
            wanted = line.required or line.is_mention
            line.is_missing = wanted and not (line.value or "").strip()
            line.is_settled = line.field_id.code in SETTLED
