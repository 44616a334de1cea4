from . import checks, feed, fees, limitation, report
from . import checks, fees, limitation
from . import checks, fees, limitation, report
from . import requests
from . import bundle, mail_file, papers
from . import allocation, claim, remittance, statement_file
