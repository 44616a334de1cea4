"""What tells of an instalment looks and is signed like all messages about answers.

A template whose sender somebody changed is left alone.
"""

OLD_FROM = "{{ object.user_id.email_formatted or object.company_id.email_formatted }}"


def migrate(cr, version):
    cr.execute(
        """UPDATE mail_template template
              SET email_from = '{{ object._email_from() }}',
                  email_layout_xmlid = 'credit_management.mail_layout_response'
             FROM ir_model_data data
            WHERE data.module = 'credit_management'
              AND data.name = 'mail_template_instalment'
              AND data.model = 'mail.template' AND data.res_id = template.id
              AND template.email_layout_xmlid IS NULL AND template.email_from = %s""",
        [OLD_FROM],
    )
