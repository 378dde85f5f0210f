"""The Partner SOAP interface: the only way to merge and to undelete."""
