"""The scoring server: verified models behind a strict schema."""
