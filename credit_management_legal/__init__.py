from . import controllers
from . import engine
from . import report
from . import models
from . import wizards
