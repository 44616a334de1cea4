from . import checks, fees, limitation, report
from . import requests
from . import bundle, mail_file, papers
