def uninstall_hook(env):
    """Take back the jobs: what they hold is left to the scheduled action.

    A job that stayed would name a method that is no longer there.
    """
    env["queue.job"]._credit_cancel(
        [("credit_task", "!=", False)], env._("The addon that made it was uninstalled.")
    )
