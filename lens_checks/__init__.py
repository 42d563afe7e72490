"""The auditor: reads what a run left behind, judges the practices of the lens, runs nothing."""
