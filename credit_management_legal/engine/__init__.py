from . import checks, fees, limitation, report
