"""Instalments of plans that were refused or ended are open no more."""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_plan_line line SET state = 'dropped'
             FROM credit_plan plan
            WHERE plan.id = line.plan_id AND line.state = 'open'
              AND plan.state IN ('refused', 'cancelled', 'replaced', 'broken')"""
    )
