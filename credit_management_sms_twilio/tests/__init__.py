from . import test_i18n
from . import test_twilio
from . import test_twilio_reply
from . import test_twilio_routes
from . import test_whatsapp
