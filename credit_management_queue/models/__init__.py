from . import queue_job
from . import queue_job_channel
from . import credit_reminder
from . import credit_run
