from . import sms_status
from . import twilio
