from . import test_case
from . import test_fees
from . import test_mandate
from . import test_handover
from . import test_i18n
from . import test_paper
from . import test_track
from . import test_demo
