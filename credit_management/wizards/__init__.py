from . import credit_import
from . import credit_import_check
from . import credit_import_post
from . import credit_import_row
from . import credit_import_report
from . import credit_rate_import
from . import credit_rate_import_line
