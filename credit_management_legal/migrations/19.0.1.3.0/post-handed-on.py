"""To hand a payment on, or to take it back, is no payment by the debtor.

Entries of the timeline that said so counted as one, for limitation too, and stood
beside the payment with the same amount. The payment itself stays.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_case_event event SET kind = 'status', amount = NULL
            WHERE event.kind = 'payment' AND event.origin = 'system'
              AND EXISTS (
                    SELECT FROM credit_remittance remittance
                     WHERE remittance.company_id = event.company_id
                       AND remittance.state IN ('booked', 'cancelled')
                       AND event.name ~ ('\\m' || remittance.name || '\\M'))"""
    )
    cr.execute(
        """UPDATE credit_case_event SET kind = 'status'
            WHERE kind = 'payment' AND amount < 0"""
    )
