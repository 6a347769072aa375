"""Questions over a whole graph, one per file, each with one frozen answer; never names a kind."""
