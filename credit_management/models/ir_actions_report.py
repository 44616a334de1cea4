"""Letters and annexes that need no web server to be printed.

Odoo prints by wkhtmltopdf, which fetches style sheets and fonts from Odoo over HTTP.
That fails wherever Odoo can't reach itself under its public address, and a cron then
waits for nobody. For letters the style sheet lies beside the page. The header and
footer, too, are given once and not, as Odoo does, once for each letter of the batch to
each of its pages: the letters of a batch are of one company and one language.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import file_path

from ..report.style import prune, used_names

LETTER_STYLE = "credit_management/static/src/css/letter.css"
SHEET_STYLE = "credit_management/static/src/css/sheet.css"
REMINDER = "credit_management.report_reminder"
#: Reports that are printed in this way, and the style sheet of each.
STYLES = {
    REMINDER: LETTER_STYLE,
    "credit_management.report_calculation": SHEET_STYLE,
    "credit_management.report_claim": SHEET_STYLE,
    "credit_management.report_regime": SHEET_STYLE,
}
STYLE_LINK = re.compile(r"<link\b[^>]*\brel=[\"']stylesheet[\"'][^>]*>")
SCRIPT_LINK = re.compile(r"<script\b[^>]*\bsrc=[\"'][^\"']*[\"'][^>]*>\s*</script>")
BASE_LINK = re.compile(r"<base\b[^>]*>")
STATIC_URL = re.compile(r"url\([\"']?/(?P<path>\w+/static/[^\"')?#]+)[^)]*\)")
#: Milliseconds wkhtmltopdf waits for scripts; there is but a small one.
SCRIPT_DELAY = "50"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS base: what is printed by the report's address is what the reminders
        # print: the letter that was filed, or one with its annexes, by the same rules
        if self._get_report(report_ref).report_name != REMINDER:
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        ids = [res_ids] if isinstance(res_ids, int) else res_ids or []
        reminders = self.env["credit.reminder"].browse(ids)
        reminders.check_access("read")
        reminders._check_outdated()
        return reminders._letters_pdf(), "pdf"

    def _render_qweb_html(self, report_ref, docids, data=None):
        # EXTENDS base
        self._credit_check_page(report_ref, docids)
        return super()._render_qweb_html(report_ref, docids, data=data)

    def _render_qweb_text(self, report_ref, docids, data=None):
        # EXTENDS base
        self._credit_check_page(report_ref, docids)
        return super()._render_qweb_text(report_ref, docids, data=data)

    def _credit_check_page(self, report_ref, docids):
        """A letter that has left, or never will, is not made anew: with today's days.

        :raise UserError: if one of the reminders is sent or cancelled
        """
        if self._get_report(report_ref).report_name != REMINDER:
            return
        reminders = self.env["credit.reminder"].browse(docids or ())
        reminders.check_access("read")
        for reminder in reminders:
            if reminder.state in ("sent", "cancelled"):
                raise UserError(
                    self.env._(
                        "%s is not made anew: if a letter has left, it is filed on the "
                        "reminder.",
                        reminder.name,
                    )
                )

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, **kwargs
    ):
        # EXTENDS base
        style = report_ref and STYLES.get(self._get_report(report_ref).report_name)
        if not style:
            return super()._run_wkhtmltopdf(
                bodies, report_ref=report_ref, header=header, footer=footer, **kwargs
            )
        with TemporaryDirectory(prefix="credit-letters-") as folder:
            names = used_names("".join(map(str, (*bodies, header, footer))))
            sheet = self._credit_style_sheet(folder, names, style)
            link = f'<link rel="stylesheet" href="{sheet}"/>'
            return super(
                IrActionsReport, self.with_context(credit_letter_folder=folder)
            )._run_wkhtmltopdf(
                [localise(body, link) for body in bodies],
                report_ref=report_ref,
                header=localise(single(header, "headers"), link),
                footer=localise(single(footer, "footers"), link),
                **kwargs,
            )

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        folder = self.env.context.get("credit_letter_folder")
        if folder:
            fonts = str(Path(file_path("web/static/fonts/lato")).parent)
            command += ["--allow", folder, "--allow", fonts]
            command[command.index("--javascript-delay") + 1] = SCRIPT_DELAY
        return command

    def _credit_style_sheet(self, folder, names, style):
        """Write what pages need of the style sheets into ``folder``; its address."""
        css = ""
        for name in ("web.report_assets_pdf", "web.report_assets_common"):
            bundle = self.env["ir.qweb"]._get_asset_bundle(
                name, js=False, autoprefix=True
            )
            css += "".join(sheet.raw.decode() for sheet in bundle.css())
        css = prune(css + Path(file_path(style)).read_text(), names)
        path = Path(folder, "letter.css")
        path.write_text(STATIC_URL.sub(local_url, css))
        return path.as_uri()


def local_url(match):
    """The reference to a static file of an addon, as one to the file itself."""
    try:
        return f"url({Path(file_path(match['path'])).as_uri()})"
    except FileNotFoundError:
        return "url()"


def localise(html, link):
    """``html`` with one local style sheet in place of everything it would fetch."""
    if not html:
        return html
    html = BASE_LINK.sub("", SCRIPT_LINK.sub("", STYLE_LINK.sub("", str(html))))
    return Markup(html.replace("<head>", f"<head>{link}", 1))


def single(html, name):
    """Keep the first of the headers (or footers), and show it on every page."""
    if not html:
        return html
    tree = lxml.html.document_fromstring(str(html))
    for node in tree.xpath(f"//div[@id='minimal_layout_report_{name}']"):
        for surplus in node[1:]:
            node.remove(surplus)
    text = lxml.html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return text.replace(".children[index]", ".children[0]")
