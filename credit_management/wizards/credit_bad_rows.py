"""What imports of files have in common: what is wrong is told, and given back."""

import base64
import csv
import io
from urllib.parse import quote

from odoo import fields, models

from ..ledger import harmless


class CreditBadRowsMixin(models.AbstractModel):
    """A file whose bad rows can be downloaded, to mend them and import them again.

    The models have a field ``filename``.
    """

    _name = "credit.bad.rows.mixin"
    _description = "File with Bad Rows"
    #: The name of the download where the file has none.
    _bad_stem = "rows"

    bad_file = fields.Binary(compute="_compute_bad_file", string="Bad rows as a file")
    bad_filename = fields.Char(compute="_compute_bad_filename")

    def _compute_bad_filename(self):
        for record in self:
            stem = (record.filename or "").rpartition(".")[0] or self._bad_stem
            record.bad_filename = self.env._("%s_bad_rows.csv", stem)

    def _compute_bad_file(self):
        for record in self:
            record.bad_file = base64.b64encode(record._bad_rows_csv())

    def _bad_reasons(self):
        """{number of a bad row: why, in words}."""
        raise NotImplementedError

    def _bad_table(self):
        """The file as it was read, see :func:`..ledger.read_table`."""
        raise NotImplementedError

    def _bad_rows_csv(self):
        """The bad rows as they stand in the file, with the reason in a last column."""
        self.ensure_one()
        reasons = self._bad_reasons()
        if not reasons:
            return b""
        table = self._bad_table()
        output = io.StringIO()
        writer = csv.writer(output, delimiter=table.delimiter or ";")
        writer.writerow([*table.header, self.env._("Row"), self.env._("Reason")])
        for number, cells in table.rows:
            if number in reasons:
                cells = [harmless(cell) for cell in cells[: len(table.header)]]
                cells += [""] * (len(table.header) - len(cells))
                writer.writerow([*cells, number, reasons[number]])
        return output.getvalue().encode("utf-8-sig", errors="replace")

    def action_download_bad_rows(self):
        """Download the bad rows, to mend them and import them again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/bad_file/"
            f"{quote(self.bad_filename)}?download=true",
            "target": "download",
        }
