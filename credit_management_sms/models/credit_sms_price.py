from odoo import api, fields, models
from odoo.fields import Domain


class CreditSmsPrice(models.Model):
    """What one segment of a message to a country costs a company."""

    _name = "credit.sms.price"
    _description = "Price of Text Messages"
    _order = "company_id, channel, country_id, id"
    _check_company_auto = True
    _rec_name = "country_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    channel = fields.Selection([("sms", "SMS")], default="sms", required=True)
    country_id = fields.Many2one(
        "res.country", help="That of the number; empty: every other country."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    price = fields.Float(
        string="Price per segment",
        digits=(16, 5),
        required=True,
        aggregator=None,
        help="In the company's currency, as the provider bills it.",
    )

    _check_price = models.Constraint("CHECK (price >= 0)", "A price can't be negative.")
    _unique_price = models.UniqueIndex(
        "(company_id, channel, COALESCE(country_id, 0))",
        "There is a price for this country already.",
    )

    @api.model
    def _finder(self, company):
        """A function that finds a price without further queries.

        :return: function of (channel, ISO code of a country), which returns the price
            of a segment in the company's currency, or None if nobody entered one
        """
        prices = {
            (price.channel, price.country_id.code or ""): price.price
            for price in self.sudo().search(Domain("company_id", "=", company.id))
        }

        def find(channel, country):
            return prices.get((channel, country), prices.get((channel, "")))

        return find
