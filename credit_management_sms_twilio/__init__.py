from . import controllers
from . import models
from . import twilio
from .hooks import uninstall_hook
