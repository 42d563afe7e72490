"""The commands, one file a group; each reads the configuration, calls one flow, and shows its answer."""
