"""Run the command line by ``python -m imr_kb``."""

from imr_kb.cli import main

if __name__ == "__main__":
    main(prog_name="imr-kb")
