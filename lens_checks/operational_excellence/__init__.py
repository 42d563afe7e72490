"""The checks of the operational excellence pillar, one file a phase."""
