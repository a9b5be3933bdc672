"""A report's content as values and words, and its export to pages."""
