"""What exporters take layers apart into, put together again; only where it is exactly the same."""
