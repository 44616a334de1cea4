"""What acts of the shipped procedures are to limitation, where it is not what they are.

A demand that is served interrupts nothing by that alone. Acts for which somebody chose
something are left alone.
"""

STAGES = (
    "procedure_be_uncontested_stage_demanded",
    "procedure_be_summary_stage_demanded",
    "procedure_eu_small_stage_served",
)


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_procedure_stage stage SET limitation_act = 'none'
             FROM ir_model_data data
            WHERE data.module = 'credit_management_legal'
              AND data.model = 'credit.procedure.stage' AND data.res_id = stage.id
              AND data.name IN %s AND stage.limitation_act IS NULL""",
        [STAGES],
    )
