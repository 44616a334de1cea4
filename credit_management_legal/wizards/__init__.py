from . import credit_case_open
from . import credit_feed_import
from . import credit_case_end
from . import credit_case_note
from . import credit_case_correct
from . import credit_claim
from . import credit_paper_print
