"""What something is called, and what it is."""


def labelled(env, label, value):
    """“Label: value”, with the colon that the language of ``env`` sets."""
    return env._("%(label)s: %(value)s", label=label, value=value)
