"""Scripted faults as data: which call goes wrong, and how."""

from sandbox.faults.rule import Fault, Faults, Rule
from sandbox.faults.script import FaultError, Script, parse, read
from sandbox.faults.spoil import Dropped

__all__ = ["Dropped", "Fault", "FaultError", "Faults", "Rule", "Script", "parse", "read"]
