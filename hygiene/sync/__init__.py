"""Two records that are one thing: which fields they share, and whose word counts where they differ."""
