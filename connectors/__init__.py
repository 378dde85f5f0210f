"""Talks to CRMs; imports nothing of ours."""
