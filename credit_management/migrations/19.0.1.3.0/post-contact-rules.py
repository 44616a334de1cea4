from odoo.tools import SQL
from odoo.tools.sql import column_exists

#: Fields that the addon for text messages had, and that are of the core now.
MOVED = ("contact_after", "contact_wait_text")
#: A day of the week is a field of its own now: its number and its name.
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def migrate(cr, version):
    """The hours of text messages become the company's contact hours."""
    if not column_exists(cr, "res_company", "credit_sms_from"):
        return
    days = [
        SQL(
            """%s = %s = ANY(
                    string_to_array(replace(credit_sms_weekdays, ' ', ''), ','))""",
            SQL.identifier(f"credit_contact_{name}"),
            str(number),
        )
        for number, name in enumerate(WEEKDAYS, start=1)
    ]
    cr.execute(
        SQL(
            """UPDATE res_company
                  SET credit_contact_from = credit_sms_from,
                      credit_contact_to = credit_sms_to,
                      credit_contact_holidays = credit_sms_holidays, %s
                WHERE credit_sms_from IS NOT NULL AND credit_sms_to IS NOT NULL
                  AND credit_sms_weekdays IS NOT NULL""",
            SQL(", ").join(days),
        )
    )
    # Else the upgrade of that addon would take the columns along.
    cr.execute(
        SQL(
            """DELETE FROM ir_model_data
                WHERE module = 'credit_management_sms' AND model = 'ir.model.fields'
                  AND name IN %s""",
            tuple(f"field_credit_reminder__{name}" for name in MOVED),
        )
    )
