from datetime import date
from unittest.mock import patch

from .common import CaseCommon


class InsolvencyCommon(CaseCommon):
    """Notes insolvencies: of the debtor, for the company, as these say."""

    opened = date(2026, 6, 10)
    procedure = "receivership"

    def declare(self, **values):
        return self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "procedure": self.procedure,
                "date_opened": self.opened,
                **values,
            }
        )

    def look_for_payments(self):
        """The scheduled action, without its commits."""
        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        with commit:
            self.env["credit.insolvency"]._cron_payments()
