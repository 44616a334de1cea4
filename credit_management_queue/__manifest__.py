{
    "name": "Credit Management: job queue",
    "summary": "Runs are cut into jobs that several workers and machines share",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Credit Management for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "queue_job"],
    "data": [
        "data/queue_job_channels.xml",
        "data/queue_job_functions.xml",
        "views/credit_run_views.xml",
    ],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
