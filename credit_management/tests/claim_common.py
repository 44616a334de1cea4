"""An invoice long overdue, and its claim at a date."""

from lxml import html

from .charges_common import ChargesCommon
from .common import DeliveryCommon


def words(content):
    """The text of a page, its blanks made equal."""
    text = html.fromstring(str(content)).text_content()
    return " ".join(text.split())


class ClaimCommon(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 100 days of 10 % on 1,000: 27.40.
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def claim(self, moves, **values):
        action = self.env["credit.claim"]._open(self.items(moves), **values)
        return self.env["credit.claim"].browse(action["res_id"])

    def statement(self, moves, **values):
        (made,) = self.claim(moves, **values)._statements()
        return made

    def amounts(self, made):
        return {kind: made.charge(kind) for kind in made.kinds}
