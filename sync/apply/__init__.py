"""Plan -> CRM: one batch at a time, each row journalled before, after and once it was read back."""
