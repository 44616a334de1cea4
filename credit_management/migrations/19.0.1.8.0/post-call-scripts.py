"""Calls have a script in the debtor's language; instructions are for the collector.

Shipped steps get the script that is shipped now, unless somebody wrote instructions of
their own; translations are loaded afterwards. Instructions that are filled in were
scripts, and become some.
"""

from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api
from odoo.tools import plaintext2html

from odoo.addons.credit_management.hooks import shipped_html

FILE = "credit_management/data/credit_policies.xml"
#: What the instructions of shipped steps begin with.
SHIPPED = {
    "credit_step_courteous_call": "Ask whether the invoices have arrived and are app",
    "credit_step_firm_call": "Say that a formal notice follows if nothing is paid.",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for name, words in SHIPPED.items():
        step = env.ref(f"credit_management.{name}", raise_if_not_found=False)
        if step and not step.script and (step.instructions or "").startswith(words):
            step.script = shipped_html(FILE, name, "script")
    env.flush_all()
    cr.execute(
        """SELECT id, instructions FROM credit_policy_step
            WHERE channel = 'phone' AND script IS NULL
              AND instructions::text LIKE '%{{%'"""
    )
    for id_, texts in cr.fetchall():
        script = {lang: plaintext2html(text) for lang, text in texts.items() if text}
        cr.execute(
            """UPDATE credit_policy_step SET script = %s, instructions = NULL
                WHERE id = %s""",
            [Json(script), id_],
        )
    env.invalidate_all()
