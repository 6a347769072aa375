"""The networks that are compared, as their users write them; nothing here measures."""
