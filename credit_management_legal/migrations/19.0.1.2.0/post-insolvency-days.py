"""Debtors of which an insolvency is on record keep the day of its opening.

It was taken away where a procedure had ended with a plan, and interest on the claims
from before ran on.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE res_partner partner SET credit_insolvency_date = kept.day
             FROM (SELECT partner_id, MIN(date_opened) AS day
                     FROM credit_insolvency
                    WHERE state = 'open' OR state = 'closed'
                          AND outcome IN ('dissolved', 'continued')
                    GROUP BY partner_id) kept
            WHERE partner.commercial_partner_id = kept.partner_id
              AND partner.credit_insolvency_date IS DISTINCT FROM kept.day"""
    )
