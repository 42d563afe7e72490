"""The checks of the sustainability pillar, one file a phase."""
