"""Cases at third parties and before courts for the demonstration.

They are those of the addon's own demonstration data, in the first company.
"""

from odoo.tools import convert_file

FILE = "demo/credit_case_demo.xml"


def open_cases(env):
    """Load the cases, where the addon is installed and none are there."""
    if "credit.case" in env and not env["credit.case"].search_count([], limit=1):
        convert_file(env, "credit_management_legal", FILE, None, mode="init")
