"""How the lifecycle is run: Prefect flows over plain tasks."""
