"""Bulk API 2.0: jobs that load or extract many records as CSV while time passes."""
