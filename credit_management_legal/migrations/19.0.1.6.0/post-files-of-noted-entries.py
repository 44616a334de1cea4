"""Files of entries of a timeline belong to them, not to the wizard they came by.

With the wizard they would be deleted: the entry is evidence, its files as well.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE ir_attachment file
              SET res_model = 'credit.case.event', res_id = held.event_id
             FROM (SELECT rel.ir_attachment_id AS file_id,
                          MIN(rel.credit_case_event_id) AS event_id
                     FROM credit_case_event_ir_attachment_rel rel
                    GROUP BY rel.ir_attachment_id) held
            WHERE file.id = held.file_id AND file.res_model = 'credit.case.note'"""
    )
