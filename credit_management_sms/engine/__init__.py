from . import hours, numbers, replies, segments
