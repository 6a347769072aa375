"""The networks of the questions, in every dialect that can say them."""
