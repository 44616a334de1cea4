"""Work on many together, of which one that fails keeps no other waiting."""

from psycopg2 import OperationalError


def by_halves(env, things, work, failed):
    """Work on ``things`` together; the one that fails is found by halving.

    A savepoint for each of them would cost more than all else.

    :param things: a list or a recordset
    :param work: function of some of them
    :param failed: function of the one that failed, as ``things`` are, and of the error
    :raise OperationalError: somebody else changed the same at the same moment: it is
        for the next round
    """
    if not things:
        return
    try:
        with env.cr.savepoint():
            work(things)
            env.flush_all()
        return
    except OperationalError:
        raise
    except Exception as error:
        env.invalidate_all(flush=False)
        if len(things) == 1:
            failed(things, error)
            return
    half = len(things) // 2
    by_halves(env, things[:half], work, failed)
    by_halves(env, things[half:], work, failed)
