-- A copy of a production database writes to nobody: no daily run, nothing queued.
UPDATE res_company SET credit_auto_run = FALSE;
UPDATE credit_reminder SET state = 'to_approve' WHERE state = 'queued';
