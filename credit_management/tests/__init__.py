from . import test_calendar
from . import test_decision
from . import test_engine_blocks
from . import test_engine_equivalence
from . import test_policy
from . import test_recheck
from . import test_run
from . import test_run_company
