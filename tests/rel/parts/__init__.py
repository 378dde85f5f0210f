"""The parts of the reliability bench, one file each."""
