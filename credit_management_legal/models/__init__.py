from . import credit_engine
from . import credit_account
from . import credit_case
from . import credit_case_actions
from . import credit_case_line
from . import account_move
from . import account_move_line
