"""Of a dispute no less than nothing was accepted: a constraint says so from now on."""


def migrate(cr, version):
    cr.execute(
        "UPDATE credit_dispute SET amount_accepted = 0 WHERE amount_accepted < 0"
    )
