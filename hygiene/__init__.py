"""Says what is wrong; no I/O, no SQL, no clock."""
