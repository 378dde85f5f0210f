"""SOQL: text to tree, tree to SQL over the store's records, rows to the records of an answer."""
