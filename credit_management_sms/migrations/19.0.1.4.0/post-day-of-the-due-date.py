"""A text before the due date says which day that is, be it the day itself.

Where somebody wrote other words they stay as they are.
"""

#: What stood between the amount and the invoices in each language.
OLD = (" will soon fall due (", " à payer sous peu (", " vervalt binnenkort (")
NEW = " {{ object.due_text }} ("


def migrate(cr, version):
    for old in OLD:
        cr.execute(
            """UPDATE sms_template template
                  SET body = (
                        SELECT JSONB_OBJECT_AGG(
                                   key, REPLACE(value, %(old)s, %(new)s))
                          FROM JSONB_EACH_TEXT(template.body))
                 FROM ir_model_data data
                WHERE data.module = 'credit_management_sms'
                  AND data.name = 'sms_template_pre_due'
                  AND data.model = 'sms.template' AND data.res_id = template.id
                  AND STRPOS(template.body::text, %(old)s) > 0""",
            {"old": old, "new": NEW},
        )
