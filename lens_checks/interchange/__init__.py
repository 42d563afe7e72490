"""AWS custom-lens files: import, lint, evaluate, export."""
