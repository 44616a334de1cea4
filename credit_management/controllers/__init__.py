from . import portal
from . import portal_answers
from . import portal_payment
from . import postal
from . import portal_preview
from . import visit
