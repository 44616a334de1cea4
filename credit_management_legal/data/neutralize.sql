-- A copy of a production database tells nobody anything, and empties nobody's folder.
UPDATE credit_feed SET active = FALSE, token = NULL;
