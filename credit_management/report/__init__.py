"""What ends on paper or in a payment order, as plain functions without the ORM."""
