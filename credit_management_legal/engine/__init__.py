from . import checks, fees, limitation
from . import bundle, mail_file, papers
