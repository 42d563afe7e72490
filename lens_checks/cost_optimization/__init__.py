"""The checks of the cost optimization pillar, one file a phase."""
