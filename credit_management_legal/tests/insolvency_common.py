from datetime import date

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
