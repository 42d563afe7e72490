"""The checks of the reliability pillar, one file a phase."""
