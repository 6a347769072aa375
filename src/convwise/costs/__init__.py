"""Records of operations measured on this machine, in one store; measures nothing itself."""
