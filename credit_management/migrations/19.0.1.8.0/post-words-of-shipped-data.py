"""Words of what is shipped that were translated wrongly: an act is not an act of law.

Texts that somebody wrote otherwise stay as they are.
"""

#: What stood there in some language, and what does now.
WORDS = (
    ("credit.regime.period", "credit_regime_period", "starts", "la loi", "l’acte"),
    ("credit.regime.period", "credit_regime_period", "starts", "de wet", "de akte"),
    (
        "credit.policy",
        "credit_policy",
        "name",
        "Bedrijven, drie aangetekende zendingen",
        "Ondernemingen, drie aangetekende zendingen",
    ),
)


def migrate(cr, version):
    for model, table, column, old, new in WORDS:
        cr.execute(
            f"""UPDATE {table} record
                   SET {column} = (
                         SELECT JSONB_OBJECT_AGG(
                                    key,
                                    CASE WHEN value = %(old)s THEN %(new)s
                                         ELSE value END)
                           FROM JSONB_EACH_TEXT(record.{column}))
                  FROM ir_model_data data
                 WHERE data.module = 'credit_management' AND data.model = %(model)s
                   AND data.res_id = record.id
                   AND STRPOS(record.{column}::text, %(old)s) > 0""",
            {"model": model, "old": old, "new": new},
        )
