from . import test_calendar
from . import test_decision
from . import test_engine_blocks
from . import test_engine_equivalence
from . import test_policy
