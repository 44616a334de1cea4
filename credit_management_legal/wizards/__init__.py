from . import credit_case_open
