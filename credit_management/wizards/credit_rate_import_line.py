from odoo import fields, models


class CreditRateImportLine(models.TransientModel):
    _name = "credit.rate.import.line"
    _description = "Row of an Import of Rates"
    _order = "import_id, number"

    import_id = fields.Many2one(
        "credit.rate.import", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(string="Row", help="Number of the row in the file.")
    series = fields.Char()
    valid_from = fields.Date()
    rate = fields.Float(digits=(9, 5))
    source = fields.Char()
    confidence = fields.Char()
    state = fields.Selection(
        [("ok", "New"), ("same", "There already"), ("bad", "Bad")], required=True
    )
    reason = fields.Char()

    def _import(self):
        """Make rates of the rows; a rate that is only proposed becomes this one.

        :return: the rates
        """
        proposed = {
            (rate.series, rate.valid_from): rate
            for rate in self.env["credit.rate"].search(
                [
                    ("series", "in", self.mapped("series")),
                    ("state", "=", "proposed"),
                ]
            )
        }
        rates = self.env["credit.rate"]
        values_list = []
        for line in self:
            values = {
                "rate": line.rate,
                "source": line.source,
                "confidence": line.confidence,
                "state": "confirmed",
            }
            rate = proposed.get((line.series, line.valid_from))
            if rate:
                rate.write(values)
                rates |= rate
            else:
                key = {"series": line.series, "valid_from": line.valid_from}
                values_list.append({**key, **values})
        return rates | rates.create(values_list)
