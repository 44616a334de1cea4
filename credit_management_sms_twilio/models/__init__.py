from . import credit_policy_step
from . import credit_reminder
from . import credit_sms_price
from . import credit_sms_reply
from . import credit_whatsapp_content
from . import res_company
from . import res_config_settings
from . import sms_tracker
