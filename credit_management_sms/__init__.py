from . import controllers
from . import engine
from . import models
from . import providers
from .hooks import uninstall_hook
