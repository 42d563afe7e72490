"""The checks of the security pillar, one file a phase."""
