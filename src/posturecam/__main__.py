"""``python -m posturecam`` is ``posturecam``."""

from posturecam.cli import main

if __name__ == "__main__":
    main()
