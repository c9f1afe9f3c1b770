import sys

from alidade.capture.cli import main

if __name__ == "__main__":
    sys.exit(main())
