"""The rules that an organization's administrators made, as data in switches: what a save must pass."""
