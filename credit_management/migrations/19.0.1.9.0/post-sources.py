"""Sources are told in every language: no English words beside their address."""

#: As they were shipped; those that somebody wrote stay.
SOURCES = ("deubner-recht.de (the decision)", "forumeco.fr, 2021 (the decision)")


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_regime_basis
              SET source = REPLACE(source, ' (the decision)', '')
            WHERE source IN %s""",
        [SOURCES],
    )
