from . import credit_reminder
from . import res_company
from . import res_config_settings
from . import snailmail_letter
