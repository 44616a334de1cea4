"""French texts of papers as they are shipped have one kind of apostrophe now.

Only in the words that were shipped: what somebody wrote stays as it is.
"""

from odoo.tools import SQL

MODULE = "credit_management_legal"
#: By record: the words that had a straight one.
TEXTS = {
    "paper_agency_notice_be_text_fr": (
        "numéro d'entreprise",
        "suivant l'envoi",
        "recouvrement n'aura lieu",
        "porter l'affaire",
    ),
    "paper_lawyer_letter_text_fr": ("À défaut, j'ai instruction",),
    "paper_bailiff_notice_text_fr": ("n'est pas un acte d'exécution",),
    "paper_order_fr_text_fr": ("demande qu'il soit enjoint",),
    "paper_order_be_text_fr": ("et l'écrit du débiteur", "Signature de l'avocat"),
    "paper_eop_form_a_text_fr": ("C'est le formulaire",),
    "paper_insolvency_claim_text_fr": (
        "À l'attention de",
        "telle qu'elle",
        "du jugement d'ouverture",
    ),
    "paper_file_receipt_text_fr": ("Accusé de réception d'un dossier",),
}
LAWS = {
    "paper_agency_notice_fr": (
        "procédures civiles d'exécution",
        "sauf s'ils concernent un acte dont l'accomplissement",
        "au juge de l'exécution",
    ),
}


def migrate(cr, version):
    for table, columns, texts in (
        ("credit_paper_text", ("title", "body"), TEXTS),
        ("credit_paper", ("law_text",), LAWS),
    ):
        for name, shipped in texts.items():
            for words in shipped:
                for column in columns:
                    cr.execute(
                        SQL(
                            """UPDATE %(table)s text
                                  SET %(column)s = REPLACE(
                                          text.%(column)s, %(old)s, %(new)s)
                                 FROM ir_model_data data
                                WHERE data.module = %(module)s AND data.name = %(name)s
                                  AND data.res_id = text.id
                                  AND STRPOS(text.%(column)s, %(old)s) > 0""",
                            table=SQL.identifier(table),
                            column=SQL.identifier(column),
                            old=words,
                            new=words.replace("'", "’"),
                            module=MODULE,
                            name=name,
                        )
                    )
