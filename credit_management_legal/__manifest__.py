{
    "name": "Credit Management: agencies, lawyers and courts",
    "summary": "Cases in the hands of third parties: mandates, checks, limitation",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Credit Management for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["credit_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/credit_case_rules.xml",
        "data/ir_sequence.xml",
        "views/credit_case_views.xml",
        "views/credit_mandate_views.xml",
        "views/res_partner_views.xml",
        "views/account_move_line_views.xml",
        "views/credit_menus.xml",
    ],
}
