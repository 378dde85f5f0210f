"""What commands ask for, one job a file: each opens what it needs from the session and returns values."""
