"""Mutates the gates themselves, one small fault at a time, and shows which faults no test notices."""
