"""What the ways promise was kept in the words of one language: now as figures.

The words can't be turned back; the table is worked out anew when somebody asks for it.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_case
              SET recommendation_rows = NULL, recommendation_date = NULL
            WHERE recommendation_rows IS NOT NULL"""
    )
