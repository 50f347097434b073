"""`python -m dkva` is the command `dkva`."""

from dkva.cli.main import main

if __name__ == "__main__":
    main()
