from . import numbers, replies, segments
