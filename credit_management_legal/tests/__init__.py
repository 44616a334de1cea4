from . import test_case
from . import test_fees
from . import test_mandate
from . import test_handover
from . import test_i18n
from . import test_limitation
from . import test_insolvency_deadline
from . import test_write_off_split
