"""What uninstalling leaves in order."""

from odoo.tools import SQL


def uninstall_hook(env):
    """Steps fall back on no channel that is gone."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE credit_policy_step SET fallback_channel = NULL
                WHERE fallback_channel = 'whatsapp'"""
        )
    )
    env.invalidate_all()
