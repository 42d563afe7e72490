"""The checks of the performance efficiency pillar, one file a phase."""
