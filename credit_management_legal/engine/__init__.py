from . import checks, fees, limitation
