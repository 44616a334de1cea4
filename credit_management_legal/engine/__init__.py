from . import checks, feed, fees, limitation, report
