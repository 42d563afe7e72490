"""What the lifecycle does: plain functions that import no orchestrator."""
