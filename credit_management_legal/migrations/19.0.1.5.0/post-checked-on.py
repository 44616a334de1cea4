"""Answers of cases say of which day they are: of the opening, or of the proposal."""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_case
              SET date_checked = COALESCE(date_opened, create_date::date)
            WHERE checks IS NOT NULL AND date_checked IS NULL"""
    )
