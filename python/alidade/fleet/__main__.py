import sys

from alidade.fleet.cli import main

sys.exit(main())
