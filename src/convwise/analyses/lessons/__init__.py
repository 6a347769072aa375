"""What a layer does, said in words with its own numbers; one file per family of operations."""
