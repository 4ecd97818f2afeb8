"""`python -m ic_factory`, the same as `ic-factory`."""

from ic_factory.cli.app import main

if __name__ == "__main__":
    main()
