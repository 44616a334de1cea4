from . import checks, fees, limitation, report
from . import requests
