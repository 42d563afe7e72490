"""Values: what this project is told, never what it does."""
