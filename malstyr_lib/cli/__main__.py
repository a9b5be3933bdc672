"""`python -m malstyr_lib.cli`: the same as the command malstyr."""

from malstyr_lib.cli import main

main()
