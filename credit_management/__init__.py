from . import engine
from . import ledger
from . import models
from . import wizards
from . import controllers
from .hooks import post_init_hook, pre_init_hook
