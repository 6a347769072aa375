"""`python -m convwise`: the command line; must never hold anything else."""

from convwise.cli import main

main()
