-- Jobs of a copy do nothing: the original has the same ones.
UPDATE queue_job
   SET state = 'cancelled', date_cancelled = NOW() AT TIME ZONE 'UTC'
 WHERE credit_task IS NOT NULL
   AND state IN ('wait_dependencies', 'pending', 'enqueued', 'started');
