from . import portal
from . import portal_answers
from . import portal_payment
from . import visit
