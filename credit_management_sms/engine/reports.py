"""What a provider may say of a message that it was given."""

#: It is on its way; it is on the telephone; it was read; it did not arrive.
LEFT, DELIVERED, OPENED, FAILED = "left", "delivered", "opened", "failed"
OUTCOMES = (LEFT, DELIVERED, OPENED, FAILED)
