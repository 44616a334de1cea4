"""What uninstalling leaves in order."""

from odoo.tools import SQL


def uninstall_hook(env):
    """Steps fall back on no channel that is gone.

    The channel of a step is a selection that Odoo mends by itself; the fallback follows
    it, and Odoo knows nothing of that.
    """
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE credit_policy_step SET fallback_channel = NULL
                WHERE fallback_channel = 'sms'"""
        )
    )
    env.invalidate_all()
