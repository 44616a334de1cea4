"""What it costs to refuse a link: the same whatever is wrong, so that nobody can tell.

Work is counted, not timed: a clock says nothing on a machine that others use too.
"""

from unittest.mock import patch


class GuessingCommon:
    def assertSameWork(self, module, read, tokens):
        """One query, one signature made, one comparison: for each of bad ``tokens``.

        :param module: the one that calls ``hmac`` and ``consteq``
        :param read: function of a token that returns nothing
        """
        # What the first of many reads for all, such as the secret of the database.
        self.assertFalse(read(tokens[0]))
        for token in tokens:
            self.env.invalidate_all()
            with (
                self.subTest(token[:30]),
                patch.object(module, "hmac", side_effect=module.hmac) as signed,
                patch.object(module, "consteq", side_effect=module.consteq) as compared,
            ):
                before = self.env.cr.sql_log_count
                self.assertFalse(read(token))
                queries = self.env.cr.sql_log_count - before
                self.assertEqual(
                    (queries, signed.call_count, compared.call_count), (1, 1, 1)
                )
