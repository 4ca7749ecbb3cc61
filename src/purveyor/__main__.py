"""Run the command line as ``python -m purveyor``."""

from purveyor.cli.main import main

if __name__ == "__main__":
    main()
