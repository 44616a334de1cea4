from . import portal_cases
from . import portal_case_forms
from . import handoff
