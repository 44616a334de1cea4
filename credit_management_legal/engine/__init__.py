from . import checks, feed, fees, limitation, report
from . import requests
from . import bundle, mail_file, papers, proofs
from . import allocation, claim, remittance, statement_file
