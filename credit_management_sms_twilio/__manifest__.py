{
    "name": "Credit Management: SMS and WhatsApp by Twilio",
    "summary": "Answers to text messages come back; reminders by WhatsApp",
    "version": "19.0.1.1.0",
    "category": "Accounting/Accounting",
    "author": "Credit Management for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["credit_management_sms", "sms_twilio"],
    "data": [
        "security/ir.model.access.csv",
        "security/credit_whatsapp_rules.xml",
        "views/credit_whatsapp_content_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
