"""The mirror: current rows in full, their past as reverse deltas; it can be deleted and pulled again."""
