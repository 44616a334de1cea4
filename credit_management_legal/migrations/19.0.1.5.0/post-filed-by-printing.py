"""To print a request once noted it as filed: whoever is responsible is asked.

Such an entry was made together with the paper, which belongs to the case; what somebody
notes has its own documents. What is over is left alone.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """SELECT event.id
             FROM credit_case_event event
             JOIN credit_case opened ON opened.id = event.case_id
            WHERE event.kind = 'filed' AND event.origin = 'creditor'
              AND event.typed_on IS NULL AND opened.state IN ('draft', 'open', 'paid')
              AND EXISTS (
                  SELECT FROM credit_case_event_ir_attachment_rel rel
                    JOIN ir_attachment paper ON paper.id = rel.ir_attachment_id
                   WHERE rel.credit_case_event_id = event.id
                     AND paper.res_model = 'credit.case'
                     AND paper.res_id = event.case_id
                     AND paper.create_date = event.create_date)
            ORDER BY event.id"""
    )
    events = env["credit.case.event"].browse(row[0] for row in cr.fetchall())
    events._ask_whether_filed()
