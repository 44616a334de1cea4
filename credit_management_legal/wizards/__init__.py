from . import credit_case_open
from . import credit_paper_print
