"""A session as it is shown: one page of content, as text and as HTML, folded where it is long."""
