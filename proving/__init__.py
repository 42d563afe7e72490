"""Proof that the gates refuse: defects planted from outside, run through the real flows."""
