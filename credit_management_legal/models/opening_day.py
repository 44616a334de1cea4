"""The day on which an insolvency is opened: what came before it.

An opening takes effect at the first hour of its day (France: R621-4 C. com.; Belgium:
XX.110 CEL; Germany presumes it, 81 (3) InsO): a payment of that day may be annulled,
and is not taken off what is declared. A credit note of that day is: it is no payment,
but corrects the claim itself.
"""

from odoo.tools import SQL


def came_before(opened):
    """Whether a credit, ``paid`` of ``paying``, is taken off what is declared.

    :param date opened: day of the opening
    """
    return SQL(
        """(paid.date < %(opened)s
            OR paid.date = %(opened)s AND paying.move_type = 'out_refund')""",
        opened=opened,
    )


def is_before(credit, opened):
    """The same of a journal item."""
    return credit.date < opened or (
        credit.date == opened and credit.move_id.move_type == "out_refund"
    )
