from . import engine
from . import ledger
from . import models
from . import wizards
from . import controllers
