"""Text search: SOSL statements and parameterized searches over the words of records."""
