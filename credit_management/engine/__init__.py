"""Decisions and arithmetic of credit management, as pure functions.

Nothing in this package knows the ORM: plain values in, plain values out. The
models of the addon fetch, call and store.
"""
