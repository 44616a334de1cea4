{
    "name": "Credit Management: letters by Snailmail",
    "summary": "Reminder letters leave by Odoo's postal service",
    "version": "19.0.1.1.0",
    "category": "Accounting/Accounting",
    "author": "Credit Management for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "snailmail"],
    "data": ["views/res_config_settings_views.xml"],
    "auto_install": True,
}
