from . import checks, fees, limitation, report
from . import allocation, claim, remittance, statement_file
