import sys

from alidade.search.cli import main

sys.exit(main())
