-- A copy of a production database writes to nobody: no daily run, no carrier whose
-- folder it would empty, nothing queued, and the stop switch is on, for whatever somebody approves on the copy.
UPDATE res_company SET credit_auto_run = FALSE, credit_registered_provider = NULL;
UPDATE credit_reminder SET state = 'to_approve' WHERE state = 'queued';
INSERT INTO credit_stop (company_id, reason, date, create_date, write_date)
SELECT id, 'This is a neutralized copy.', NOW() AT TIME ZONE 'UTC',
       NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
  FROM res_company
 WHERE NOT EXISTS (
        SELECT FROM credit_stop
         WHERE credit_stop.company_id = res_company.id AND date_end IS NULL);
