"""What has failed waits for no hour any more."""


def migrate(cr, version):
    cr.execute(
        """UPDATE credit_reminder SET contact_after = NULL, contact_wait_text = NULL
            WHERE state = 'failed' AND contact_after IS NOT NULL"""
    )
